#ifndef VMOON_JSON_DECODE_H
#define VMOON_JSON_DECODE_H
// RapidJSON behind a C header: JSON text goes straight into a value buffer, without a tree in between. It is
// C++ because RapidJSON is; nothing of it shows here, and no C++ library is needed to run it.

#include "bytes.h"
#include "values.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct vm_json_parser vm_json_parser;

/// A parser whose memory is used again for each document. NULL when out of memory.
vm_json_parser *vm_json_parser_new(void);
void vm_json_parser_free(vm_json_parser *parser);

typedef enum vm_json_status {
    VM_JSON_OK = 0,
    VM_JSON_MALFORMED = 1,     ///< not JSON, or something behind the document
    VM_JSON_UTF8 = 2,          ///< not UTF-8
    VM_JSON_DEPTH = 3,         ///< nested deeper than the limit
    VM_JSON_DUPLICATE_KEY = 4, ///< an object names a key twice
    VM_JSON_NUMBER = 5,        ///< a number that is neither a 64-bit integer nor a finite double
    VM_JSON_EMPTY = 6,         ///< nothing but white space
    VM_JSON_MEMORY = 7         ///< out of memory, or over the buffer's limit
} vm_json_status;

/// Decodes one document and appends its value to `out`. Objects become records in the order of
/// the text, arrays arrays, null VM_NULL; integers of 64 bits stay integers, larger ones become doubles.
/// On failure `out` is as it was. `detail` (128 bytes at least) gets a word on what failed.
vm_json_status vm_json_decode(
    vm_json_parser *parser, vm_bytes *text, unsigned depth, vm_values *out, char *detail, size_t detail_size);

#ifdef __cplusplus
}
#endif
#endif
