#ifndef VM_API_INDEX_H
#define VM_API_INDEX_H

#include <stddef.h>

/* The facts of vSphere's Automation API as text, part of the program's read-only data: C, because only its compiler
   includes a file as bytes (#embed). Nothing is read before it is looked up. scripts/api-index writes the file. */

/* The first byte; the text ends with a newline and without a NUL. */
const char *vm_api_index_text(void);

/* The number of bytes. */
size_t vm_api_index_length(void);

#endif
