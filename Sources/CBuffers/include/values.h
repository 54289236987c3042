#ifndef VMOON_VALUES_H
#define VMOON_VALUES_H
// The value buffer: typed values in one flat run of bytes. Lua arguments, results and JSON pass
// through it, so that Swift and the JSON parser need not know Lua, and Lua needs no JSON code.
//
// A value is a tag byte and its payload:
//   nil, false, true, null          nothing
//   integer, double                 8 bytes
//   string                          u32 length, the bytes, one NUL that is not counted
//   array, record, error            u32 bytes that follow up to the end, u32 how many elements,
//                                   then the elements; a record's and an error's are key, value, key, value …
//   object                          u32 kind, u64 identifier: a host object that Swift knows
// Numbers are in the machine's byte order and unaligned: the buffer never leaves the process.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum vm_tag {
    VM_NIL = 0,
    VM_FALSE = 1,
    VM_TRUE = 2,
    VM_NULL = 3, ///< JSON's null: a sentinel, distinct from Lua's nil
    VM_INTEGER = 4,
    VM_DOUBLE = 5,
    VM_STRING = 6,
    VM_ARRAY = 7,
    VM_RECORD = 8,
    VM_OBJECT = 9,
    VM_ERROR = 10 ///< a record that scripts see as an error: one that `tostring` understands
} vm_tag;

typedef struct vm_values {
    uint8_t *data;
    size_t length;
    size_t capacity;
    uint32_t limit;   ///< most bytes it may hold; UINT32_MAX for none
    bool failed;      ///< a write did not fit or memory ran out; sticky until cleared
    bool is_borrowed; ///< it is part of another C structure and freed with it
} vm_values;

void vm_values_init(vm_values *values);
void vm_values_free(vm_values *values);
/// Makes a value buffer, like vm_bytes_new.
vm_values *vm_values_new(void);
void vm_values_delete(vm_values *values);
/// Empties it and resets `failed`; memory above `keep` bytes is freed.
void vm_values_clear(vm_values *values, size_t keep);

// Writers. A failed write sets `failed` and writes nothing, so it is enough to check at the end.
void vm_put_simple(vm_values *values, vm_tag tag); ///< nil, false, true or null
void vm_put_integer(vm_values *values, int64_t number);
void vm_put_double(vm_values *values, double number);
void vm_put_string(vm_values *values, const void *data, size_t length);
void vm_put_object(vm_values *values, uint32_t kind, uint64_t identifier);
/// Begins an array or record; returns the mark that vm_put_end takes.
size_t vm_put_begin(vm_values *values, vm_tag tag);
/// Ends it. `count`: its elements (a record's pairs).
void vm_put_end(vm_values *values, size_t mark, uint32_t count);
/// Copies the value at `from` of another buffer, with all its parts.
void vm_put_copy(vm_values *values, const vm_values *source, size_t from);

// Readers. An offset is the position of a value's tag, as the writers wrote it.
static inline vm_tag vm_tag_at(const vm_values *values, size_t at) {
    return (vm_tag)values->data[at];
}
int64_t vm_integer_at(const vm_values *values, size_t at);
double vm_double_at(const vm_values *values, size_t at);
/// The bytes of a string; valid until the buffer is written to.
const char *vm_string_at(const vm_values *values, size_t at, size_t *length);
/// Whether it is a string of these bytes.
bool vm_is_text_at(const vm_values *values, size_t at, const char *text, size_t length);
bool vm_holds_nul_at(const vm_values *values, size_t at); ///< whether a string does, before its end
uint32_t vm_count_at(const vm_values *values, size_t at); ///< elements of an array, pairs of a record
uint32_t vm_object_kind_at(const vm_values *values, size_t at);
uint64_t vm_object_identifier_at(const vm_values *values, size_t at);
/// The offset of an array's or record's first element.
static inline size_t vm_first_in(size_t at) { return at + 9; }
/// The offset after the value at `at` and all its parts.
size_t vm_after(const vm_values *values, size_t at);
#define VM_NOT_FOUND PTRDIFF_MAX
/// The value under a string key of the record at `at`; VM_NOT_FOUND if there is none.
size_t vm_find(const vm_values *values, size_t at, const char *key, size_t length);

#ifdef __cplusplus
}
#endif
#endif
