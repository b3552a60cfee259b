/* copydesk plugins in C: a stage as a WebAssembly component, in one file without dependencies.
 *
 * Define COPYDESK_NAME and COPYDESK_VERSION, include this file once, and write
 *
 *     void process(cd_text text, cd_answer *answer);
 *
 * and, if the stage has a configuration,
 *
 *     #define COPYDESK_CONFIGURE
 *     const char *configure(cd_text json);      // NULL, or what is wrong with it
 *
 * Memory that cd_alloc gives, and every text that a function here returns, is there until `process` returns; what
 * `configure` takes stays. There is no C library: nothing to open, no clock, no network. */
#ifndef COPYDESK_PLUGIN_H
#define COPYDESK_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of UTF-8, without a NUL at the end. */
typedef struct {
    const char *bytes;
    uint32_t length;
} cd_text;

/* A block of what is left of the article, with its place in the decoded original in bytes. */
typedef struct {
    cd_text kind;
    cd_text text;
    uint32_t start;
    uint32_t end;
    uint8_t is_body; /* only such blocks can be cut */
} cd_block;

typedef enum {
    CD_CONSENT, CD_SHARE, CD_SUBSCRIBE, CD_NAVIGATION, CD_RELATED, CD_LEGAL, CD_ADVERT, CD_COMMENT, CD_REPEAT,
    CD_PROMO, CD_OTHER
} cd_reason;

typedef enum { CD_DEBUG, CD_INFO, CD_WARN, CD_ERROR } cd_level;

/* JSON that is being made. */
typedef struct {
    cd_text text;
    uint32_t room;
} cd_json;

/* What is proposed for an article; use the functions below. */
typedef struct cd_answer cd_answer;

/* -- What you may call ------------------------------------------------------------------------------------------- */

/* A note: its value is a whole number, a text, or any JSON. */
static void cd_note_number(cd_answer *answer, const char *name, int64_t value);
static void cd_note_text(cd_answer *answer, const char *name, cd_text value);
static void cd_note_json(cd_answer *answer, const char *name, cd_text json);
/* JSON, piece by piece: `cd_json json = {0}; cd_add(&json, "{\"n\":"); cd_add_number(&json, 3); cd_add(&json, "}");` and
 * then `json.text`. */
static void cd_add(cd_json *json, const char *with_nul);
static void cd_add_text(cd_json *json, cd_text text); /* in quotes, escaped */
static void cd_add_number(cd_json *json, int64_t value);
/* A field: title, published, modified, dateline, standfirst, section, site, url or summary. */
static void cd_set_text(cd_answer *answer, const char *field, cd_text value);
/* A field by its JSON: a list of texts for authors and keywords. */
static void cd_set_json(cd_answer *answer, const char *field, cd_text json);
/* Cuts these bytes of the original, which must be within one block of the body. */
static void cd_cut(cd_answer *answer, uint32_t start, uint32_t end, cd_reason reason, const char *rule);
/* Leaves the article out; what is proposed for it before or after counts for nothing. */
static void cd_drop(cd_answer *answer, cd_text reason);
/* The stage cannot; `retryable` if it may go well at another time. */
static void cd_fail(cd_answer *answer, const char *code, cd_text message, bool retryable);

/* The article's blocks; sets their number. */
static cd_block *cd_blocks(uint32_t *n_blocks);
/* A value of the record by its path ("title", "language.code"), a text as it is, else as JSON; false if there is none. */
static bool cd_value(const char *path, cd_text *value);
/* The whole article as JSON. */
static cd_text cd_record_json(void);
/* What the configuration grants: milliseconds since 1970, an environment variable, a file; false if it does not. */
static bool cd_now(uint64_t *milliseconds);
static bool cd_environment(const char *name, cd_text *value);
static bool cd_file(const char *name, cd_text *text);
/* A line for the log. */
static void cd_log(cd_level level, cd_text message);

/* Memory until `process` returns. Too much of it ends the instance, and the article is set aside. */
static void *cd_alloc(size_t n_bytes);
static cd_text cd_string(const char *with_nul);
static bool cd_is(cd_text text, const char *with_nul);
static bool cd_contains(cd_text text, cd_text part);
/* A member of a JSON object without objects in it, such as `[stage.config]`: a text, as it stands there (escapes and all),
 * or a whole number; false if there is none. */
static bool cd_json_text(cd_text json, const char *member, cd_text *value);
static bool cd_json_number(cd_text json, const char *member, int64_t *value);
/* The next word, from `*at` on, between white space; false at the end. `n_chars` may be NULL. */
static bool cd_word(cd_text text, uint32_t *at, cd_text *word, uint32_t *n_chars);
static bool cd_starts(cd_text text, const char *with_nul);
static bool cd_ends(cd_text text, const char *with_nul);

/* What you write. */
static void process(cd_text text, cd_answer *answer);
#ifdef COPYDESK_CONFIGURE
static const char *configure(cd_text json);
#endif

/* -- Memory: one piece after the other, and all of it let go at once ----------------------------------------------- */

#define CD_EXPORT(name) __attribute__((export_name(name), used))
#define CD_IMPORT(name) __attribute__((import_module("copydesk:stage/host@1.0.0"), import_name(name)))

__attribute__((no_builtin)) void *memcpy(void *to, const void *from, size_t n) {
    unsigned char *t = to;
    const unsigned char *f = from;
    while (n--) *t++ = *f++;
    return to;
}

__attribute__((no_builtin)) void *memset(void *to, int byte, size_t n) {
    unsigned char *t = to;
    while (n--) *t++ = (unsigned char)byte;
    return to;
}

__attribute__((no_builtin)) int memcmp(const void *one, const void *other, size_t n) {
    const unsigned char *a = one, *b = other;
    for (; n--; a++, b++)
        if (*a != *b) return *a - *b;
    return 0;
}

extern unsigned char __heap_base;
static uintptr_t cd_next, cd_kept;

static void *cd_aligned(size_t align, size_t n_bytes) {
    if (cd_next == 0) cd_next = (uintptr_t)&__heap_base;
    uintptr_t start = (cd_next + align - 1) & ~(uintptr_t)(align - 1);
    uintptr_t room = (uintptr_t)__builtin_wasm_memory_size(0) << 16;
    if (start < cd_next || n_bytes > UINT32_MAX - start) __builtin_trap();
    if (start + n_bytes > room) {
        size_t pages = (start + n_bytes - room + 65535) >> 16;
        if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) __builtin_trap();
    }
    cd_next = start + n_bytes;
    return (void *)start;
}

static inline void *cd_alloc(size_t n_bytes) { return cd_aligned(8, n_bytes); }

/* A size that is there at all: more than four gigabytes are not. */
static inline size_t cd_size(uint64_t n_bytes) {
    if (n_bytes > UINT32_MAX) __builtin_trap();
    return (size_t)n_bytes;
}

CD_EXPORT("cabi_realloc") void *cabi_realloc(void *old, size_t old_size, size_t align, size_t new_size) {
    void *made = cd_aligned(align ? align : 1, new_size);
    if (old_size) memcpy(made, old, old_size < new_size ? old_size : new_size);
    return made;
}

/* -- Texts --------------------------------------------------------------------------------------------------------- */

static inline cd_text cd_string(const char *with_nul) {
    uint32_t length = 0;
    while (with_nul[length]) length++;
    return (cd_text){with_nul, length};
}

static inline bool cd_is(cd_text text, const char *with_nul) {
    cd_text other = cd_string(with_nul);
    return text.length == other.length && memcmp(text.bytes, other.bytes, text.length) == 0;
}

static inline bool cd_contains(cd_text text, cd_text part) {
    for (uint32_t at = 0; at + part.length <= text.length; at++)
        if (memcmp(text.bytes + at, part.bytes, part.length) == 0) return true;
    return false;
}

static inline bool cd_starts(cd_text text, const char *with_nul) {
    cd_text part = cd_string(with_nul);
    return text.length >= part.length && memcmp(text.bytes, part.bytes, part.length) == 0;
}

static inline bool cd_ends(cd_text text, const char *with_nul) {
    cd_text part = cd_string(with_nul);
    return text.length >= part.length && memcmp(text.bytes + text.length - part.length, part.bytes, part.length) == 0;
}

/* Bytes of the white space here, 0 if it is none: that of ASCII, and U+00A0, U+2000 to U+200A, U+202F, U+3000. */
static inline uint32_t cd_space(const unsigned char *at, uint32_t left) {
    unsigned char c = *at;
    if (c <= ' ') return c == ' ' || (c >= '\t' && c <= '\r');
    if (c < 0xc2 || c > 0xe3) return 0;
    if (c == 0xc2) return left > 1 && at[1] == 0xa0 ? 2 : 0;
    if (c < 0xe2 || left < 3 || at[1] != 0x80) return 0;
    if (c == 0xe3) return at[2] == 0x80 ? 3 : 0;
    return at[2] <= 0x8a || at[2] == 0xaf ? 3 : 0;
}

static inline bool cd_word(cd_text text, uint32_t *at, cd_text *word, uint32_t *n_chars) {
    const unsigned char *bytes = (const unsigned char *)text.bytes;
    uint32_t from = *at, chars = 0, n;
    while (from < text.length && (n = cd_space(bytes + from, text.length - from))) from += n;
    uint32_t to = from;
    while (to < text.length && !cd_space(bytes + to, text.length - to)) {
        chars += (bytes[to] & 0xc0) != 0x80;
        to++;
    }
    *at = to;
    if (to == from) return false;
    *word = (cd_text){text.bytes + from, to - from};
    if (n_chars) *n_chars = chars;
    return true;
}

/* Where the value of a member begins; false if there is none. */
static inline bool cd_json_member(cd_text json, const char *member, uint32_t *value) {
    cd_text name = cd_string(member);
    bool in_text = false;
    uint32_t start = 0;
    for (uint32_t at = 0; at < json.length; at++) {
        if (!in_text) {
            if (json.bytes[at] == '"') in_text = true, start = at + 1;
            continue;
        }
        if (json.bytes[at] == '\\') {
            at++;
            continue;
        }
        if (json.bytes[at] != '"') continue;
        in_text = false;
        bool found = at - start == name.length && memcmp(json.bytes + start, name.bytes, name.length) == 0;
        uint32_t next = at + 1;
        while (next < json.length && json.bytes[next] == ' ') next++;
        if (!found || next >= json.length || json.bytes[next] != ':') continue;
        for (next++; next < json.length && json.bytes[next] == ' ';) next++;
        *value = next;
        return next < json.length;
    }
    return false;
}

static inline bool cd_json_text(cd_text json, const char *member, cd_text *value) {
    uint32_t start;
    if (!cd_json_member(json, member, &start) || json.bytes[start] != '"') return false;
    uint32_t end = ++start;
    while (end < json.length && json.bytes[end] != '"') end += json.bytes[end] == '\\' ? 2 : 1;
    if (end >= json.length) return false;
    *value = (cd_text){json.bytes + start, end - start};
    return true;
}

static inline bool cd_json_number(cd_text json, const char *member, int64_t *value) {
    uint32_t at;
    if (!cd_json_member(json, member, &at)) return false;
    bool negative = json.bytes[at] == '-';
    uint32_t start = at += negative;
    int64_t number = 0;
    for (; at < json.length && json.bytes[at] >= '0' && json.bytes[at] <= '9'; at++) {
        if (number > (INT64_MAX - 9) / 10) return false;
        number = number * 10 + (json.bytes[at] - '0');
    }
    *value = negative ? -number : number;
    /* Neither 1.9 nor 1e2 is a whole number as it stands there. */
    char next = at < json.length ? json.bytes[at] : ',';
    return at > start && next != '.' && next != 'e' && next != 'E';
}

/* The text in quotes, as JSON. */
static inline cd_text cd_quoted(cd_text text) {
    static const char digits[] = "0123456789abcdef";
    char *out = cd_alloc(cd_size((uint64_t)text.length * 6 + 2)), *at = out;
    *at++ = '"';
    for (uint32_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        if (c == '"' || c == '\\') {
            *at++ = '\\';
            *at++ = (char)c;
        } else if (c < 0x20) {
            memcpy(at, "\\u00", 4);
            at[4] = digits[c >> 4];
            at[5] = digits[c & 15];
            at += 6;
        } else {
            *at++ = (char)c;
        }
    }
    *at++ = '"';
    return (cd_text){out, (uint32_t)(at - out)};
}

/* -- Answers: as the canonical ABI lays them out --------------------------------------------------------------------- */

typedef struct {
    cd_text name;
    cd_text json;
} cd_pair;

/* option<string> and option<f64> stand at their own alignment: 8 reason, 12 rule, 24 confidence. */
typedef struct {
    uint32_t start, end;
    uint8_t reason;
    uint32_t has_rule;
    cd_text rule;
    uint64_t has_confidence;
    double confidence;
} cd_cut_record;

typedef struct {
    void *items;
    uint32_t length;
} cd_list;

struct cd_answer {
    uint32_t kind; /* 0 keep, 1 drop, 2 fail */
    union {
        struct { cd_list notes, fields, cuts; } keep;
        struct { cd_text reason; } drop;
        struct { cd_text code, message; uint8_t retryable; } fail;
    } is;
    /* Not a part of what goes over. */
    uint32_t room[3];
};

_Static_assert(sizeof(cd_cut_record) == 40 && offsetof(cd_cut_record, confidence) == 32, "the layout of a cut");
_Static_assert(offsetof(struct cd_answer, is) == 4 && offsetof(struct cd_answer, room) == 28, "the layout of an answer");

/* One more entry of a list. */
static inline void *cd_push(cd_list *list, uint32_t *room, uint32_t size) {
    if (list->length == *room) {
        uint32_t more = *room ? *room * 2 : 8;
        void *items = cd_alloc(cd_size((uint64_t)more * size));
        if (list->length) memcpy(items, list->items, (size_t)list->length * size);
        list->items = items;
        *room = more;
    }
    return (char *)list->items + (size_t)list->length++ * size;
}

static inline void cd_note_json(cd_answer *answer, const char *name, cd_text json) {
    if (answer->kind) return;
    *(cd_pair *)cd_push(&answer->is.keep.notes, &answer->room[0], sizeof(cd_pair)) = (cd_pair){cd_string(name), json};
}

static inline void cd_note_text(cd_answer *answer, const char *name, cd_text value) {
    cd_note_json(answer, name, cd_quoted(value));
}

static inline cd_text cd_digits(int64_t value) {
    char *out = cd_alloc(24), *at = out + 24;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0) *--at = '-';
    return (cd_text){at, (uint32_t)(out + 24 - at)};
}

static inline void cd_note_number(cd_answer *answer, const char *name, int64_t value) {
    cd_note_json(answer, name, cd_digits(value));
}

static inline void cd_append(cd_json *json, cd_text more) {
    if (more.length > json->room - json->text.length) {
        uint32_t room = (uint32_t)cd_size(((uint64_t)json->text.length + more.length) * 2);
        char *bytes = cd_alloc(room);
        memcpy(bytes, json->text.bytes, json->text.length);
        json->text.bytes = bytes;
        json->room = room;
    }
    memcpy((char *)json->text.bytes + json->text.length, more.bytes, more.length);
    json->text.length += more.length;
}

static inline void cd_add(cd_json *json, const char *with_nul) { cd_append(json, cd_string(with_nul)); }

static inline void cd_add_text(cd_json *json, cd_text text) { cd_append(json, cd_quoted(text)); }

static inline void cd_add_number(cd_json *json, int64_t value) { cd_append(json, cd_digits(value)); }

static inline void cd_set_json(cd_answer *answer, const char *field, cd_text json) {
    if (answer->kind) return;
    *(cd_pair *)cd_push(&answer->is.keep.fields, &answer->room[1], sizeof(cd_pair)) = (cd_pair){cd_string(field), json};
}

static inline void cd_set_text(cd_answer *answer, const char *field, cd_text value) {
    cd_set_json(answer, field, cd_quoted(value));
}

static inline void cd_cut(cd_answer *answer, uint32_t start, uint32_t end, cd_reason reason, const char *rule) {
    if (answer->kind) return;
    cd_cut_record *cut = cd_push(&answer->is.keep.cuts, &answer->room[2], sizeof(cd_cut_record));
    *cut = (cd_cut_record){.start = start, .end = end, .reason = (uint8_t)reason};
    if (rule) cut->has_rule = 1, cut->rule = cd_string(rule);
}

static inline void cd_drop(cd_answer *answer, cd_text reason) {
    answer->kind = 1;
    answer->is.drop.reason = reason;
}

static inline void cd_fail(cd_answer *answer, const char *code, cd_text message, bool retryable) {
    answer->kind = 2;
    answer->is.fail.code = cd_string(code);
    answer->is.fail.message = message;
    answer->is.fail.retryable = retryable;
}

/* -- What is asked of copydesk --------------------------------------------------------------------------------------- */

typedef struct {
    uint32_t is_there;
    cd_text text;
} cd_maybe;

CD_IMPORT("log") void cd_host_log(uint32_t level, const char *bytes, uint32_t length);
CD_IMPORT("blocks") void cd_host_blocks(cd_list *list);
CD_IMPORT("value") void cd_host_value(const char *bytes, uint32_t length, cd_maybe *value);
CD_IMPORT("record-json") void cd_host_record_json(cd_text *text);
CD_IMPORT("now") void cd_host_now(uint64_t *now);
CD_IMPORT("environment") void cd_host_environment(const char *bytes, uint32_t length, cd_maybe *value);
CD_IMPORT("file") void cd_host_file(const char *bytes, uint32_t length, cd_maybe *value);

static inline void cd_log(cd_level level, cd_text message) { cd_host_log(level, message.bytes, message.length); }

static inline cd_block *cd_blocks(uint32_t *n_blocks) {
    cd_list list;
    cd_host_blocks(&list);
    *n_blocks = list.length;
    return list.items;
}

static inline bool cd_found(cd_maybe found, cd_text *value) {
    if ((found.is_there & 255) == 0) return false;
    *value = found.text;
    return true;
}

static inline bool cd_value(const char *path, cd_text *value) {
    cd_text name = cd_string(path);
    cd_maybe found;
    cd_host_value(name.bytes, name.length, &found);
    return cd_found(found, value);
}

static inline bool cd_environment(const char *name_, cd_text *value) {
    cd_text name = cd_string(name_);
    cd_maybe found;
    cd_host_environment(name.bytes, name.length, &found);
    return cd_found(found, value);
}

static inline bool cd_file(const char *name_, cd_text *text) {
    cd_text name = cd_string(name_);
    cd_maybe found;
    cd_host_file(name.bytes, name.length, &found);
    return cd_found(found, text);
}

static inline cd_text cd_record_json(void) {
    cd_text text;
    cd_host_record_json(&text);
    return text;
}

static inline bool cd_now(uint64_t *milliseconds) {
    uint64_t now[2];
    cd_host_now(now);
    *milliseconds = now[1];
    return (now[0] & 255) != 0;
}

/* -- What copydesk calls --------------------------------------------------------------------------------------------- */

CD_EXPORT("describe") void *cd_describe(void) {
    static cd_text info[2];
    info[0] = cd_string(COPYDESK_NAME);
    info[1] = cd_string(COPYDESK_VERSION);
    return info;
}

CD_EXPORT("configure") void *cd_configure(const char *bytes, uint32_t length) {
    static cd_maybe result;
#ifdef COPYDESK_CONFIGURE
    const char *wrong = configure((cd_text){bytes, length});
    if (wrong) result.is_there = 1, result.text = cd_string(wrong);
#endif
    cd_kept = cd_next;
    (void)bytes;
    (void)length;
    return &result;
}

CD_EXPORT("process") void *cd_process(const char *bytes, uint32_t length) {
    static cd_answer answer;
    memset(&answer, 0, sizeof answer);
    process((cd_text){bytes, length}, &answer);
    return &answer;
}

/* The answer has been read: everything since `configure` is let go. */
CD_EXPORT("cabi_post_process") void cd_post_process(void *answer) {
    (void)answer;
    cd_next = cd_kept;
}

#endif
