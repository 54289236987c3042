#include "bytes.h"

#include "budget.h"

#include <stdlib.h>
#include <string.h>

void vm_bytes_init(vm_bytes *bytes, size_t limit) {
    *bytes = (vm_bytes){.limit = limit};
}

void vm_bytes_free(vm_bytes *bytes) {
    if (bytes->is_counted) vm_budget_shrink(bytes->capacity);
    free(bytes->data);
    *bytes = (vm_bytes){.limit = bytes->limit, .is_counted = bytes->is_counted};
}

// A request needs four at most, and 64 of them are often under way.
enum { KEPT = 4 * 64, KEPT_BYTES = 8 << 10 };
static _Thread_local vm_bytes *kept[KEPT];
static _Thread_local unsigned kept_count;

vm_bytes *vm_bytes_new(size_t limit) {
    vm_bytes *bytes;
    if (kept_count > 0) {
        bytes = kept[--kept_count];
    } else {
        bytes = malloc(sizeof *bytes);
        if (bytes == NULL) return NULL;
        vm_bytes_init(bytes, limit);
    }
    bytes->limit = limit;
    bytes->is_counted = false;
    return bytes;
}

void vm_bytes_delete(vm_bytes *bytes) {
    vm_bytes_clear(bytes, KEPT_BYTES);
    if (kept_count < KEPT) {
        kept[kept_count++] = bytes;
    } else {
        vm_bytes_free(bytes);
        free(bytes);
    }
}

bool vm_bytes_reserve(vm_bytes *bytes, size_t length) {
    if (length > bytes->limit - bytes->length || bytes->length > bytes->limit) return false;
    size_t needed = bytes->length + length;
    if (needed <= bytes->capacity && bytes->data != NULL) return true;
    size_t capacity = bytes->capacity < 512 ? 512 : bytes->capacity;
    while (capacity < needed) {
        if (capacity > SIZE_MAX / 2 - VM_BYTES_PADDING) return false;
        capacity *= 2;
    }
    if (bytes->is_counted && !vm_budget_grow(bytes->capacity, capacity)) return false;
    uint8_t *data = realloc(bytes->data, capacity + VM_BYTES_PADDING);
    if (data == NULL) {
        if (bytes->is_counted) vm_budget_regrow(capacity, bytes->capacity);
        return false;
    }
    memset(data + capacity, 0, VM_BYTES_PADDING);
    bytes->data = data;
    bytes->capacity = capacity;
    return true;
}

bool vm_bytes_append(vm_bytes *bytes, const void *data, size_t length) {
    if (!vm_bytes_reserve(bytes, length)) return false;
    if (length > 0) memcpy(bytes->data + bytes->length, data, length);
    bytes->length += length;
    return true;
}

void vm_bytes_clear(vm_bytes *bytes, size_t keep) {
    if (bytes->capacity > keep) {
        vm_bytes_free(bytes);
    }
    bytes->length = 0;
}

// RFC 3986 §2.3: ALPHA / DIGIT / "-" / "." / "_" / "~"
static bool is_unreserved(uint8_t byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')
        || (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

static bool append_encoded(vm_bytes *bytes, const uint8_t *data, size_t length, bool colon) {
    static const char digits[] = "0123456789ABCDEF";
    if (length > (SIZE_MAX - bytes->length) / 3 || !vm_bytes_reserve(bytes, length * 3)) return false;
    uint8_t *out = bytes->data + bytes->length;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = data[i];
        if (is_unreserved(byte) || (colon && byte == ':')) {
            *out++ = byte;
        } else {
            *out++ = '%';
            *out++ = (uint8_t)digits[byte >> 4];
            *out++ = (uint8_t)digits[byte & 15];
        }
    }
    bytes->length = (size_t)(out - bytes->data);
    return true;
}

bool vm_bytes_append_segment(vm_bytes *bytes, const void *data, size_t length) {
    return append_encoded(bytes, data, length, true);
}

bool vm_bytes_append_query(vm_bytes *bytes, const void *data, size_t length) {
    return append_encoded(bytes, data, length, false);
}
