#include "json_decode.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAPIDJSON_ASSERT(x) ((x) ? (void)0 : __builtin_trap())
#if defined(__SSE2__)
#define RAPIDJSON_SSE2
#elif defined(__ARM_NEON)
#define RAPIDJSON_NEON
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

namespace {

// Larger objects are checked for duplicate keys by sorting; small ones, the usual case, pairwise.
constexpr size_t pairwise_limit = 16;

// A stack with C memory: no exceptions, so no std::vector.
template <typename Element> struct Stack {
    Element *data;
    size_t count, capacity;

    bool push(Element element) {
        if (count == capacity) {
            size_t larger = capacity == 0 ? 64 : capacity * 2;
            auto moved = static_cast<Element *>(realloc(data, larger * sizeof(Element)));
            if (moved == nullptr) return false;
            data = moved;
            capacity = larger;
        }
        data[count++] = element;
        return true;
    }

    // Frees the memory that one huge document needed.
    void clear() {
        count = 0;
        if (capacity <= 4096) return;
        free(data);
        *this = Stack{};
    }
};

// An array or object that is not yet closed.
struct Open {
    size_t mark;
    size_t first_key;
};

// A key: the offset of its value in the buffer, which may move.
struct Key {
    size_t at;
};

struct Text {
    const char *data;
    size_t length;
};

int compare(const void *left, const void *right) {
    auto a = static_cast<const Text *>(left), b = static_cast<const Text *>(right);
    if (a->length != b->length) return a->length < b->length ? -1 : 1;
    return memcmp(a->data, b->data, a->length);
}

// RapidJSON builds each string and each long number in a stack of its own and does not check its allocations.
// Neither is longer than the text, so this block, allocated before, is always large enough.
struct Scratch {
    [[maybe_unused]] static const bool kNeedFree = true;
    char *data = nullptr;
    size_t capacity = 0;

    bool reserve(size_t needed) {
        if (needed <= capacity) return true;
        free(data);
        data = static_cast<char *>(malloc(needed));
        capacity = data == nullptr ? 0 : needed;
        return data != nullptr;
    }

    void *Malloc(size_t size) { return Realloc(nullptr, 0, size); }
    void *Realloc(void *, size_t, size_t size) { return size <= capacity ? data : static_cast<void *>(nullptr); }
    static void Free(void *) {}
};

} // namespace

struct vm_json_parser {
    Scratch scratch;
    Stack<Open> open;
    Stack<Key> keys;
};

namespace {

// The decimal separator is a point, even if a script has changed the locale.
locale_t plain_locale() {
    static locale_t locale = newlocale(LC_ALL_MASK, "C", nullptr);
    return locale;
}

// Reads a whole number that is too short to overflow, as most are; false for any other.
bool read_small(const char *text, size_t length, int64_t &number) {
    if (length > 18) return false;
    bool is_negative = text[0] == '-';
    number = 0;
    for (size_t i = is_negative; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        number = number * 10 + (text[i] - '0');
    }
    if (is_negative) number = -number;
    return true;
}

// Receives RapidJSON's events and writes the values.
struct Writer {
    vm_json_parser &parser;
    vm_values *out;
    unsigned depth_limit;
    char *detail;
    size_t detail_size;
    vm_json_status status;

    bool fail(vm_json_status reason) {
        status = reason;
        return false;
    }

    bool written() { return out->failed ? fail(VM_JSON_MEMORY) : true; }

    bool Null() { return vm_put_simple(out, VM_NULL), written(); }
    bool Bool(bool value) { return vm_put_simple(out, value ? VM_TRUE : VM_FALSE), written(); }
    bool String(const char *data, rapidjson::SizeType length, bool) {
        // Half of an escaped surrogate pair is the only case in which RapidJSON produces invalid UTF-8.
        for (auto at = data; (at = static_cast<const char *>(memchr(at, 0xED, length - (at - data)))) != nullptr; at++)
            if (static_cast<uint8_t>(at[1]) >= 0xA0) return lone_surrogate();
        return vm_put_string(out, data, length), written();
    }

    bool lone_surrogate() {
        snprintf(detail, detail_size, "half a surrogate pair in a string");
        return fail(VM_JSON_MALFORMED);
    }

    // RapidJSON has checked the syntax, and refused exponents above 308. The C library computes the value:
    // RapidJSON 1.1 rounds some numbers the wrong way and takes others for infinite.
    bool RawNumber(const char *text, rapidjson::SizeType length, bool) {
        int64_t small;
        if (read_small(text, length, small)) return vm_put_integer(out, small), written();
        if (memchr(text, '.', length) == nullptr && memchr(text, 'e', length) == nullptr
            && memchr(text, 'E', length) == nullptr) {
            errno = 0;
            long long number = strtoll(text, nullptr, 10);
            if (errno == 0) return vm_put_integer(out, number), written();
        }
        double number = strtod_l(text, nullptr, plain_locale());
        if (!__builtin_isfinite(number)) {
            snprintf(detail, detail_size, "%.*s", static_cast<int>(length < 40 ? length : 40), text);
            return fail(VM_JSON_NUMBER);
        }
        return vm_put_double(out, number), written();
    }

    // Never called: all numbers arrive as text.
    bool Int(int) { return fail(VM_JSON_MALFORMED); }
    bool Uint(unsigned) { return fail(VM_JSON_MALFORMED); }
    bool Int64(int64_t) { return fail(VM_JSON_MALFORMED); }
    bool Uint64(uint64_t) { return fail(VM_JSON_MALFORMED); }
    bool Double(double) { return fail(VM_JSON_MALFORMED); }

    bool Key(const char *data, rapidjson::SizeType length, bool copy) {
        if (!parser.keys.push({out->length})) return fail(VM_JSON_MEMORY);
        return String(data, length, copy);
    }

    bool begin(vm_tag tag) {
        if (parser.open.count >= depth_limit) return fail(VM_JSON_DEPTH);
        if (!parser.open.push({vm_put_begin(out, tag), parser.keys.count})) return fail(VM_JSON_MEMORY);
        return written();
    }

    bool end(rapidjson::SizeType count) {
        Open ended = parser.open.data[--parser.open.count];
        parser.keys.count = ended.first_key;
        vm_put_end(out, ended.mark, count);
        return written();
    }

    bool StartObject() { return begin(VM_RECORD); }
    bool StartArray() { return begin(VM_ARRAY); }
    bool EndArray(rapidjson::SizeType count) { return end(count); }
    bool EndObject(rapidjson::SizeType count) { return are_distinct() && end(count); }

    Text key(size_t index) {
        Text text;
        text.data = vm_string_at(out, parser.keys.data[index].at, &text.length);
        return text;
    }

    bool twice(Text text) {
        snprintf(detail, detail_size, "%.*s", static_cast<int>(text.length < 40 ? text.length : 40), text.data);
        return fail(VM_JSON_DUPLICATE_KEY);
    }

    // Whether the keys of the innermost object are all different.
    bool are_distinct() {
        size_t first = parser.open.data[parser.open.count - 1].first_key, count = parser.keys.count - first;
        if (count <= pairwise_limit) {
            Text seen[pairwise_limit];
            for (size_t i = 0; i < count; i++) {
                seen[i] = key(first + i);
                for (size_t j = 0; j < i; j++)
                    if (compare(&seen[i], &seen[j]) == 0) return twice(seen[i]);
            }
            return true;
        }
        auto sorted = static_cast<Text *>(malloc(count * sizeof(Text)));
        if (sorted == nullptr) return fail(VM_JSON_MEMORY);
        for (size_t i = 0; i < count; i++) sorted[i] = key(first + i);
        qsort(sorted, count, sizeof(Text), compare);
        bool is_distinct = true;
        for (size_t i = 1; i < count && is_distinct; i++)
            if (compare(&sorted[i - 1], &sorted[i]) == 0) is_distinct = twice(sorted[i]);
        free(sorted);
        return is_distinct;
    }
};

// Whether RapidJSON's fast string scan is correct for a text: it does not check UTF-8, and accepts 0x1A to
// 0x1F, which JSON does not allow unescaped.
bool is_plain(const uint8_t *data, size_t length) {
    uint8_t odd = 0;
    for (size_t i = 0; i < length; i++) odd |= (data[i] >> 7) | (static_cast<uint8_t>(data[i] - 0x1A) < 6);
    return odd == 0;
}

vm_json_status status_of(rapidjson::ParseErrorCode code) {
    switch (code) {
    case rapidjson::kParseErrorDocumentEmpty: return VM_JSON_EMPTY;
    case rapidjson::kParseErrorStringInvalidEncoding: return VM_JSON_UTF8;
    case rapidjson::kParseErrorNumberTooBig: return VM_JSON_NUMBER;
    default: return VM_JSON_MALFORMED;
    }
}

template <unsigned flags> vm_json_status parse(vm_json_parser *parser, vm_bytes *text, Writer &writer) {
    // Space for the current string, or a number twice, and for what the stack reserves ahead.
    size_t needed = 2 * text->length + 256;
    if (!parser->scratch.reserve(needed)) return VM_JSON_MEMORY;
    rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>, Scratch> reader(&parser->scratch, needed);
    rapidjson::StringStream stream(reinterpret_cast<const char *>(text->data));
    auto result = reader.template Parse<flags>(stream, writer);
    if (result.Code() == rapidjson::kParseErrorTermination) return writer.status;
    if (result.IsError()) {
        const char *words = rapidjson::GetParseError_En(result.Code());
        int length = static_cast<int>(strlen(words));
        if (length > 0 && words[length - 1] == '.') length--;
        snprintf(writer.detail, writer.detail_size, "%.*s, at byte %zu", length, words, result.Offset() + 1);
        return status_of(result.Code());
    }
    // For RapidJSON the text ends at its first NUL.
    if (stream.Tell() == text->length) return VM_JSON_OK;
    snprintf(writer.detail, writer.detail_size, "a NUL, at byte %zu", stream.Tell() + 1);
    return VM_JSON_MALFORMED;
}

} // namespace

extern "C" vm_json_parser *vm_json_parser_new(void) {
    return static_cast<vm_json_parser *>(calloc(1, sizeof(vm_json_parser)));
}

extern "C" void vm_json_parser_free(vm_json_parser *parser) {
    free(parser->scratch.data);
    free(parser->open.data);
    free(parser->keys.data);
    free(parser);
}

extern "C" vm_json_status vm_json_decode(
    vm_json_parser *parser, vm_bytes *text, unsigned depth, vm_values *out, char *detail, size_t detail_size) {
    detail[0] = 0;
    if (text->length == 0) return VM_JSON_EMPTY;
    text->data[text->length] = 0; // into the padding
    size_t start = out->length;
    Writer writer{*parser, out, depth, detail, detail_size, VM_JSON_OK};
    // Checking every byte of all strings for UTF-8 takes as long as everything else; most answers do not need it.
    vm_json_status status = is_plain(text->data, text->length)
        ? parse<rapidjson::kParseNumbersAsStringsFlag>(parser, text, writer)
        : parse<rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseValidateEncodingFlag>(parser, text, writer);
    parser->open.clear();
    parser->keys.clear();
    if (parser->scratch.capacity > 256 << 10) {
        free(parser->scratch.data);
        parser->scratch = Scratch{};
    }
    if (status != VM_JSON_OK) {
        out->length = start;
        out->failed = false;
    }
    return status;
}
