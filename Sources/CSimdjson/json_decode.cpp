#include "json_decode.h"

#include <simdjson.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <new>
#include <vector>

namespace {

namespace dom = simdjson::dom;

// Larger objects are checked for duplicate keys by sorting; the small ones that answers are made of, pairwise.
constexpr size_t pairwise_limit = 16;

struct Writer {
    vm_values *out;
    unsigned depth_limit;
    char *detail;
    size_t detail_size;

    void say(std::string_view key) {
        if (detail_size > 0)
            std::snprintf(detail, detail_size, "%.*s", static_cast<int>(std::min<size_t>(key.size(), 40)), key.data());
    }

    bool has_duplicate(const dom::object &object, size_t count) {
        if (count <= pairwise_limit) {
            std::string_view seen[pairwise_limit];
            size_t n = 0;
            for (auto field : object) {
                for (size_t i = 0; i < n; i++)
                    if (seen[i] == field.key) return say(field.key), true;
                if (n < pairwise_limit) seen[n++] = field.key;
            }
            return false;
        }
        std::vector<std::string_view> keys;
        keys.reserve(count);
        for (auto field : object) keys.push_back(field.key);
        std::sort(keys.begin(), keys.end());
        auto twice = std::adjacent_find(keys.begin(), keys.end());
        if (twice == keys.end()) return false;
        return say(*twice), true;
    }

    vm_json_status write(dom::element element, unsigned depth) {
        switch (element.type()) {
        case dom::element_type::NULL_VALUE:
            vm_put_simple(out, VM_NULL);
            return VM_JSON_OK;
        case dom::element_type::BOOL:
            vm_put_simple(out, bool(element) ? VM_TRUE : VM_FALSE);
            return VM_JSON_OK;
        case dom::element_type::INT64:
            vm_put_integer(out, int64_t(element));
            return VM_JSON_OK;
        case dom::element_type::UINT64: // only above INT64_MAX
            vm_put_double(out, static_cast<double>(uint64_t(element)));
            return VM_JSON_OK;
        case dom::element_type::DOUBLE:
            vm_put_double(out, double(element));
            return VM_JSON_OK;
        case dom::element_type::STRING: {
            std::string_view text = element;
            vm_put_string(out, text.data(), text.size());
            return VM_JSON_OK;
        }
        case dom::element_type::ARRAY: {
            if (depth >= depth_limit) return VM_JSON_DEPTH;
            size_t mark = vm_put_begin(out, VM_ARRAY);
            uint32_t count = 0;
            for (auto child : dom::array(element)) {
                auto status = write(child, depth + 1);
                if (status != VM_JSON_OK) return status;
                count++;
            }
            vm_put_end(out, mark, count);
            return VM_JSON_OK;
        }
        case dom::element_type::OBJECT: {
            if (depth >= depth_limit) return VM_JSON_DEPTH;
            dom::object object = element;
            size_t count = object.size(); // saturates at 0xFFFFFF: then it is above the pairwise limit anyway
            if (has_duplicate(object, count)) return VM_JSON_DUPLICATE_KEY;
            size_t mark = vm_put_begin(out, VM_RECORD);
            uint32_t written = 0;
            for (auto field : object) {
                vm_put_string(out, field.key.data(), field.key.size());
                auto status = write(field.value, depth + 1);
                if (status != VM_JSON_OK) return status;
                written++;
            }
            vm_put_end(out, mark, written);
            return VM_JSON_OK;
        }
        }
        return VM_JSON_MALFORMED;
    }
};

vm_json_status status_of(simdjson::error_code code) {
    switch (code) {
    case simdjson::SUCCESS: return VM_JSON_OK;
    case simdjson::UTF8_ERROR: return VM_JSON_UTF8;
    case simdjson::DEPTH_ERROR: return VM_JSON_DEPTH;
    case simdjson::NUMBER_ERROR: return VM_JSON_NUMBER;
    case simdjson::EMPTY: return VM_JSON_EMPTY;
    case simdjson::MEMALLOC: return VM_JSON_MEMORY;
    case simdjson::CAPACITY: return VM_JSON_MEMORY;
    default: return VM_JSON_MALFORMED;
    }
}

} // namespace

struct vm_json_parser {
    dom::parser dom;
};

extern "C" vm_json_parser *vm_json_parser_new(void) {
    return new (std::nothrow) vm_json_parser;
}

extern "C" void vm_json_parser_free(vm_json_parser *parser) {
    delete parser;
}

extern "C" vm_json_status vm_json_decode(
    vm_json_parser *parser, const uint8_t *data, size_t length, bool padded, unsigned depth,
    vm_values *out, char *detail, size_t detail_size) {
    size_t start = out->length;
    if (detail_size > 0) detail[0] = 0;
    if (length == 0) return VM_JSON_EMPTY;
    vm_json_status status;
    try {
        dom::element root;
        auto code = parser->dom.parse(data, length, !padded).get(root);
        if (code != simdjson::SUCCESS) {
            if (detail_size > 0) std::snprintf(detail, detail_size, "%s", simdjson::error_message(code));
            return status_of(code);
        }
        Writer writer{out, depth, detail, detail_size};
        status = writer.write(root, 0);
    } catch (const std::bad_alloc &) {
        status = VM_JSON_MEMORY;
    } catch (...) {
        status = VM_JSON_MALFORMED;
    }
    if (status == VM_JSON_OK && out->failed) status = VM_JSON_MEMORY;
    if (status != VM_JSON_OK) {
        out->length = start;
        out->failed = false;
    }
    return status;
}
