/* Counts words, and says so in a note. */
#define COPYDESK_NAME "count"
#define COPYDESK_VERSION "1"
#include "copydesk_plugin.h"

static void process(cd_text text, cd_answer *answer) {
    cd_text word;
    uint32_t at = 0;
    int64_t n_words = 0;
    while (cd_word(text, &at, &word, NULL)) n_words++;
    cd_note_number(answer, "words", n_words);
}
