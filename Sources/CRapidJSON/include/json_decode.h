#ifndef VMOON_JSON_DECODE_H
#define VMOON_JSON_DECODE_H
// RapidJSON behind a C header: JSON text is written directly into a value buffer, without a tree. It is
// C++ because RapidJSON is; the header is plain C, and no C++ library is needed at run time.

#include "bytes.h"
#include "values.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct vm_json_parser vm_json_parser;

/// Makes a parser, which reuses its memory for each document. NULL when out of memory.
vm_json_parser *vm_json_parser_new(void);
void vm_json_parser_free(vm_json_parser *parser);

typedef enum vm_json_status {
    VM_JSON_OK = 0,
    VM_JSON_MALFORMED = 1,     ///< not JSON, or text after the document
    VM_JSON_UTF8 = 2,          ///< not UTF-8
    VM_JSON_DEPTH = 3,         ///< nested deeper than the limit
    VM_JSON_DUPLICATE_KEY = 4, ///< an object has a key twice
    VM_JSON_NUMBER = 5,        ///< a number that is neither a 64-bit integer nor a finite double
    VM_JSON_EMPTY = 6,         ///< only white space
    VM_JSON_MEMORY = 7         ///< out of memory, or over the buffer's limit
} vm_json_status;

/// Decodes one document and appends its value to `out`. Objects become records in the order of
/// the text, arrays arrays, null VM_NULL; integers of 64 bits stay integers, larger ones become doubles.
/// On failure `out` is unchanged. `detail` (at least 128 bytes) gets a short reason.
vm_json_status vm_json_decode(
    vm_json_parser *parser, vm_bytes *text, unsigned depth, vm_values *out, char *detail, size_t detail_size);

#ifdef __cplusplus
}
#endif
#endif
