/* The SDK for C as a program of this machine, for the sanitizers of its compiler: cases come on standard input, a text
 * and a configuration each, and what the stage below answers goes to standard output, a line each thing.
 *
 * Every piece of memory is one of malloc's own, of its very size, so that a byte too far is seen; and the functions of
 * the SDK stand for those of the C library. The layout is that of this machine, which only the host has to know. */
#include <stdio.h>
#include <stdlib.h>

static void *pieces[1 << 20];
static size_t n_pieces, n_kept;

static void *piece(size_t align, size_t n_bytes) {
    (void)align;
    if (n_pieces == sizeof pieces / sizeof *pieces) abort();
    return pieces[n_pieces++] = malloc(n_bytes);
}

static void let_go(void) {
    while (n_pieces > n_kept) free(pieces[--n_pieces]);
}

#define _Static_assert(...) struct cd_unused
#define memcpy cd_memcpy
#define memset cd_memset
#define memcmp cd_memcmp
#define COPYDESK_NAME "native"
#define COPYDESK_VERSION "1"
#define COPYDESK_CONFIGURE
#include "copydesk_plugin.h"

static cd_text given, config, name;
static int64_t most;
static bool has_most;

static const char *configure(cd_text json) {
    config = json;
    if (!cd_json_text(json, "name", &name)) name = cd_string("");
    has_most = cd_json_number(json, "most", &most);
    return cd_starts(json, "{") && cd_ends(json, "}") ? NULL : "no object";
}

static void process(cd_text text, cd_answer *answer) {
    if (cd_starts(text, "DROP")) return cd_drop(answer, text);
    uint32_t at = 0, n_words = 0, n_chars = 0, chars = 0;
    cd_text word, value;
    cd_json json = {0};
    cd_add(&json, "[");
    while (cd_word(text, &at, &word, &chars)) {
        if (n_words++) cd_add(&json, ",");
        cd_add_text(&json, word);
        n_chars += chars;
    }
    cd_add(&json, "]");
    cd_note_json(answer, "each", json.text);
    cd_note_number(answer, "words", n_words);
    cd_note_number(answer, "chars", n_chars);
    cd_note_number(answer, "least", INT64_MIN);
    cd_note_text(answer, "text", text);
    cd_set_text(answer, "section", name);
    if (has_most) cd_note_number(answer, "most", most);
    cd_note_number(answer, "contains", cd_contains(text, name));
    cd_note_number(answer, "is", cd_is(text, "The harbour of Wend."));
    cd_note_number(answer, "ends", cd_ends(text, "Wend.") + cd_starts(text, ""));
    uint32_t n_blocks;
    cd_block *blocks = cd_blocks(&n_blocks);
    for (uint32_t idx = 0; idx < n_blocks; idx++) {
        if (cd_contains(blocks[idx].text, cd_string("ä"))) cd_cut(answer, blocks[idx].start, blocks[idx].end, CD_PROMO, "rule");
        /* More than a list has room for at first. */
        cd_note_text(answer, "block", blocks[idx].text);
    }
    if (cd_value("title", &value)) cd_note_text(answer, "title", value);
    if (cd_environment("HOME", &value) || cd_file("none", &value)) cd_note_text(answer, "granted", value);
    cd_note_text(answer, "record", cd_record_json());
    uint64_t now;
    cd_note_number(answer, "now", cd_now(&now));
    cd_log(CD_INFO, text);
    if (cd_ends(text, "FAIL")) cd_fail(answer, "code", text, true);
}

/* -- What copydesk does ---------------------------------------------------------------------------------------------- */

/* As the canonical ABI hands a text over: in memory that the SDK gave. */
static cd_text handed(cd_text text) {
    char *bytes = cabi_realloc(NULL, 0, 1, text.length);
    memcpy(bytes, text.bytes, text.length);
    return (cd_text){bytes, text.length};
}

static void maybe(cd_maybe *value, bool is_there) {
    /* What is not said may be anything. */
    value->is_there = is_there ? 0xffffff01 : 0xffffff00;
    if (is_there) value->text = handed(given);
}

void cd_host_log(uint32_t level, const char *bytes, uint32_t length) {
    for (uint32_t at = 0; at < length; at++) level += (unsigned char)bytes[at];
}

void cd_host_blocks(cd_list *list) {
    uint32_t n_blocks = given.length % 24;
    cd_block *blocks = cabi_realloc(NULL, 0, 8, n_blocks * sizeof(cd_block));
    for (uint32_t idx = 0; idx < n_blocks; idx++)
        blocks[idx] = (cd_block){handed(cd_string("paragraph")), handed(given), idx, given.length, 1};
    *list = (cd_list){blocks, n_blocks};
}

void cd_host_value(const char *bytes, uint32_t length, cd_maybe *value) { maybe(value, cd_is((cd_text){bytes, length}, "title")); }
void cd_host_environment(const char *bytes, uint32_t length, cd_maybe *value) { maybe(value, length == 0 && bytes); }
void cd_host_file(const char *bytes, uint32_t length, cd_maybe *value) { maybe(value, length == 0 && bytes); }
void cd_host_record_json(cd_text *text) { *text = handed(given); }

void cd_host_now(uint64_t *now) {
    now[0] = 0xffffffffffffff00;
    now[1] = 0;
}

static bool read_text(cd_text *text) {
    uint32_t length;
    if (fread(&length, 4, 1, stdin) != 1) return false;
    /* Without an end of its own, to the byte. */
    char *bytes = malloc(length);
    if (fread(bytes, 1, length, stdin) != length) abort();
    *text = (cd_text){bytes, length};
    return true;
}

static void said(const char *what, cd_text text) {
    printf("%s ", what);
    fwrite(text.bytes, 1, text.length, stdout);
    printf("\n");
}

static void said_pairs(const char *what, cd_list list) {
    cd_pair *pairs = list.items;
    for (uint32_t idx = 0; idx < list.length; idx++) {
        printf("%s ", what);
        fwrite(pairs[idx].name.bytes, 1, pairs[idx].name.length, stdout);
        said("", pairs[idx].json);
    }
}

int main(void) {
    cd_text settings;
    while (read_text(&given)) {
        if (!read_text(&settings)) abort();
        n_kept = 0;
        let_go();
        cd_text json = handed(settings), text;
        cd_maybe *configured = cd_configure(json.bytes, json.length);
        if (configured->is_there) said("wrong", configured->text);
        configured->is_there = 0;
        n_kept = n_pieces;
        /* The same instance serves one article after the other. */
        for (int round = 0; round < 2; round++) {
            text = handed(given);
            cd_answer *answer = cd_process(text.bytes, text.length);
            if (answer->kind == 0) {
                said_pairs("note", answer->is.keep.notes);
                said_pairs("field", answer->is.keep.fields);
                cd_cut_record *cuts = answer->is.keep.cuts.items;
                for (uint32_t idx = 0; idx < answer->is.keep.cuts.length; idx++)
                    printf("cut %u %u %d %u %.*s\n", cuts[idx].start, cuts[idx].end, cuts[idx].reason, cuts[idx].has_rule,
                           (int)cuts[idx].rule.length, cuts[idx].rule.bytes);
            }
            if (answer->kind == 1) printf("drop %u\n", answer->is.drop.reason.length);
            if (answer->kind == 2) printf("fail %u %d\n", answer->is.fail.message.length, answer->is.fail.retryable);
            printf(".\n");
            cd_post_process(answer);
            let_go();
        }
        free((void *)given.bytes);
        free((void *)settings.bytes);
    }
    n_kept = 0;
    let_go();
    return 0;
}
