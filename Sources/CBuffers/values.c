#include "values.h"

#include "budget.h"

#include <stdlib.h>
#include <string.h>

enum { TABLE_HEAD = 9 }; // tag, bytes that follow, count

void vm_values_init(vm_values *values) {
    *values = (vm_values){.limit = UINT32_MAX};
}

void vm_values_free(vm_values *values) {
    vm_budget_shrink(values->capacity);
    free(values->data);
    *values = (vm_values){.limit = values->limit, .is_borrowed = values->is_borrowed};
}

void vm_values_clear(vm_values *values, size_t keep) {
    if (values->capacity > keep) vm_values_free(values);
    values->length = 0;
    values->failed = false;
}

enum { KEPT = 64, KEPT_BYTES = 8 << 10 };
static _Thread_local vm_values *kept[KEPT];
static _Thread_local unsigned kept_count;

vm_values *vm_values_new(void) {
    if (kept_count > 0) {
        kept[kept_count - 1]->limit = UINT32_MAX;
        return kept[--kept_count];
    }
    vm_values *values = malloc(sizeof *values);
    if (values != NULL) vm_values_init(values);
    return values;
}

void vm_values_delete(vm_values *values) {
    vm_values_clear(values, KEPT_BYTES);
    if (kept_count < KEPT) {
        kept[kept_count++] = values;
    } else {
        vm_values_free(values);
        free(values);
    }
}

// Returns space for `length` more bytes, or NULL and sets `failed`.
static uint8_t *extend(vm_values *values, size_t length) {
    if (values->failed) return NULL;
    size_t limit = values->limit;
    if (length > limit || values->length > limit - length) {
        values->failed = true;
        return NULL;
    }
    size_t needed = values->length + length;
    if (needed > values->capacity) {
        size_t capacity = values->capacity < 64 ? 64 : values->capacity;
        while (capacity < needed) capacity *= 2;
        if (!vm_budget_grow(values->capacity, capacity)) {
            values->failed = true;
            return NULL;
        }
        uint8_t *data = realloc(values->data, capacity);
        if (data == NULL) {
            vm_budget_regrow(capacity, values->capacity);
            values->failed = true;
            return NULL;
        }
        values->data = data;
        values->capacity = capacity;
    }
    uint8_t *place = values->data + values->length;
    values->length = needed;
    return place;
}

void vm_put_simple(vm_values *values, vm_tag tag) {
    uint8_t *place = extend(values, 1);
    if (place != NULL) *place = (uint8_t)tag;
}

static void put_scalar(vm_values *values, vm_tag tag, const void *payload) {
    uint8_t *place = extend(values, 9);
    if (place == NULL) return;
    *place = (uint8_t)tag;
    memcpy(place + 1, payload, 8);
}

void vm_put_integer(vm_values *values, int64_t number) {
    put_scalar(values, VM_INTEGER, &number);
}

void vm_put_double(vm_values *values, double number) {
    put_scalar(values, VM_DOUBLE, &number);
}

void vm_put_string(vm_values *values, const void *data, size_t length) {
    if (length > UINT32_MAX - 6) {
        values->failed = true;
        return;
    }
    uint8_t *place = extend(values, 6 + length);
    if (place == NULL) return;
    uint32_t count = (uint32_t)length;
    *place = VM_STRING;
    memcpy(place + 1, &count, 4);
    if (length > 0) memcpy(place + 5, data, length);
    place[5 + length] = 0;
}

void vm_put_object(vm_values *values, uint32_t kind, uint64_t identifier) {
    uint8_t *place = extend(values, 13);
    if (place == NULL) return;
    *place = VM_OBJECT;
    memcpy(place + 1, &kind, 4);
    memcpy(place + 5, &identifier, 8);
}

size_t vm_put_begin(vm_values *values, vm_tag tag) {
    size_t mark = values->length;
    uint8_t *place = extend(values, TABLE_HEAD);
    if (place != NULL) {
        *place = (uint8_t)tag;
        memset(place + 1, 0, TABLE_HEAD - 1);
    }
    return mark;
}

void vm_put_end(vm_values *values, size_t mark, uint32_t count) {
    if (values->failed) return;
    uint32_t follow = (uint32_t)(values->length - mark - TABLE_HEAD);
    memcpy(values->data + mark + 1, &follow, 4);
    memcpy(values->data + mark + 5, &count, 4);
}

void vm_put_copy(vm_values *values, const vm_values *source, size_t from) {
    size_t length = vm_after(source, from) - from;
    uint8_t *place = extend(values, length);
    if (place != NULL) memcpy(place, source->data + from, length);
}

static uint32_t u32_at(const vm_values *values, size_t at) {
    uint32_t number;
    memcpy(&number, values->data + at, 4);
    return number;
}

int64_t vm_integer_at(const vm_values *values, size_t at) {
    int64_t number;
    memcpy(&number, values->data + at + 1, 8);
    return number;
}

double vm_double_at(const vm_values *values, size_t at) {
    double number;
    memcpy(&number, values->data + at + 1, 8);
    return number;
}

const char *vm_string_at(const vm_values *values, size_t at, size_t *length) {
    *length = u32_at(values, at + 1);
    return (const char *)values->data + at + 5;
}

bool vm_holds_nul_at(const vm_values *values, size_t at) {
    return memchr(values->data + at + 5, 0, u32_at(values, at + 1)) != NULL;
}

uint32_t vm_count_at(const vm_values *values, size_t at) {
    return u32_at(values, at + 5);
}

uint32_t vm_object_kind_at(const vm_values *values, size_t at) {
    return u32_at(values, at + 1);
}

uint64_t vm_object_identifier_at(const vm_values *values, size_t at) {
    uint64_t identifier;
    memcpy(&identifier, values->data + at + 5, 8);
    return identifier;
}

size_t vm_after(const vm_values *values, size_t at) {
    switch (vm_tag_at(values, at)) {
    case VM_INTEGER:
    case VM_DOUBLE:
        return at + 9;
    case VM_STRING:
        return at + 6 + u32_at(values, at + 1);
    case VM_ARRAY:
    case VM_RECORD:
    case VM_ERROR:
        return at + TABLE_HEAD + u32_at(values, at + 1);
    case VM_OBJECT:
        return at + 13;
    default:
        return at + 1;
    }
}

bool vm_is_text_at(const vm_values *values, size_t at, const char *text, size_t length) {
    return vm_tag_at(values, at) == VM_STRING && u32_at(values, at + 1) == length
        && memcmp(values->data + at + 5, text, length) == 0;
}

size_t vm_find(const vm_values *values, size_t at, const char *key, size_t length) {
    size_t place = vm_first_in(at);
    for (uint32_t left = vm_count_at(values, at); left > 0; left--) {
        size_t value = vm_after(values, place);
        if (vm_is_text_at(values, place, key, length)) return value;
        place = vm_after(values, value);
    }
    return VM_NOT_FOUND;
}
