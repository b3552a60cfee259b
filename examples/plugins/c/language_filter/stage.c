/* Leaves out every article that is not in one of the languages that the configuration names:
 *
 *     [stage.config]
 *     keep = "en fr"          # codes as in the record's `language`, a space between them
 *
 * It stands after `enrich`, which says the language. What has none is left out too, unless `unknown = "keep"`. */
#define COPYDESK_NAME "language_filter"
#define COPYDESK_VERSION "1.0.0"
#define COPYDESK_CONFIGURE
#include "copydesk_plugin.h"

static cd_text kept;
static bool keeps_unknown;

static const char *configure(cd_text json) {
    if (!cd_json_text(json, "keep", &kept)) return "`keep` takes a text: codes of languages, as in \"en fr\"";
    cd_text unknown;
    keeps_unknown = cd_json_text(json, "unknown", &unknown) && cd_is(unknown, "keep");
    return NULL;
}

static bool is_kept(cd_text code) {
    cd_text word;
    uint32_t at = 0;
    while (cd_word(kept, &at, &word, NULL))
        if (word.length == code.length && memcmp(word.bytes, code.bytes, code.length) == 0) return true;
    return false;
}

static void process(cd_text text, cd_answer *answer) {
    (void)text;
    cd_text code;
    if (!cd_value("language.code", &code)) {
        if (!keeps_unknown) cd_drop(answer, cd_string("its language is not known"));
        return;
    }
    if (is_kept(code)) return;
    cd_json reason = {0};
    cd_add(&reason, "it is in ");
    cd_append(&reason, code);
    cd_drop(answer, reason.text);
}
