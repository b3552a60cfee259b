/* Notes how many words an article has and how many of them are long, and cuts lines between plus signs. */
#define COPYDESK_NAME "my_stage"
#define COPYDESK_VERSION "0.1.0"
#define COPYDESK_CONFIGURE
#include "copydesk_plugin.h"

static int64_t least;

/* [stage.config], once, before the first article. */
static const char *configure(cd_text json) {
    return cd_json_number(json, "long", &least) ? NULL : "`long` takes a number: letters of a long word, at least";
}

static void process(cd_text text, cd_answer *answer) {
    cd_text word;
    uint32_t at = 0, n_chars;
    int64_t n_words = 0, n_long = 0;
    while (cd_word(text, &at, &word, &n_chars)) {
        n_words++;
        n_long += n_chars >= least;
    }
    cd_json note = {0};
    cd_add(&note, "{\"words\":");
    cd_add_number(&note, n_words);
    cd_add(&note, ",\"long\":");
    cd_add_number(&note, n_long);
    cd_add(&note, "}");
    cd_note_json(answer, "my_stage", note.text);

    uint32_t n_blocks;
    cd_block *blocks = cd_blocks(&n_blocks);
    for (uint32_t i = 0; i < n_blocks; i++) {
        if (blocks[i].is_body && cd_starts(blocks[i].text, "+++") && cd_ends(blocks[i].text, "+++"))
            cd_cut(answer, blocks[i].start, blocks[i].end, CD_ADVERT, "plus_signs");
    }
}
