#ifndef VMOON_BYTES_H
#define VMOON_BYTES_H
// A growing run of bytes, written by C callbacks (an answer's body, a path being built) and read
// from Swift. It is C because the writers are C: no Swift frame runs inside a libcurl callback.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Allocated bytes past `length`: a reader that works in blocks of 16 bytes, or needs a NUL at the
/// end, needs no copy.
#define VM_BYTES_PADDING 64

typedef struct vm_bytes {
    uint8_t *data;   ///< NULL until the first byte; owned, freed by vm_bytes_free
    size_t length;   ///< bytes written
    size_t capacity; ///< bytes allocated, without the padding
    size_t limit;    ///< vm_bytes_append refuses to grow past this; SIZE_MAX for none
    bool is_counted; ///< its memory counts against the thread's budget: it holds data from others
} vm_bytes;

void vm_bytes_init(vm_bytes *bytes, size_t limit);
void vm_bytes_free(vm_bytes *bytes);
/// Makes a buffer; NULL when out of memory. Each thread reuses a few that were freed, with
/// their memory if it is small: a request needs several, and most requests are alike.
vm_bytes *vm_bytes_new(size_t limit);
void vm_bytes_delete(vm_bytes *bytes);
/// Appends; false when out of memory or over the limit (nothing is then appended).
bool vm_bytes_append(vm_bytes *bytes, const void *data, size_t length);
/// Reserves space for `length` more bytes; false as vm_bytes_append.
bool vm_bytes_reserve(vm_bytes *bytes, size_t length);
/// Empties it, keeping the memory unless it has grown past `keep`.
void vm_bytes_clear(vm_bytes *bytes, size_t keep);
/// Appends with every byte percent-encoded that RFC 3986 does not allow unencoded in a path
/// segment; unreserved bytes and `:` are kept (vSphere identifiers may contain a colon).
bool vm_bytes_append_segment(vm_bytes *bytes, const void *data, size_t length);
/// Like vm_bytes_append_segment, for a name or value of a query: only unreserved bytes are kept.
bool vm_bytes_append_query(vm_bytes *bytes, const void *data, size_t length);

#define VM_KEEP_LINES 1u   ///< line feeds and tabs are kept
#define VM_KEEP_COLOURS 2u ///< SGR sequences are kept
/// Appends text of unknown origin so that it cannot control a terminal, imitate a line or change the
/// reading direction: C0, C1, DEL, bidi controls and invalid UTF-8 become visible escapes.
bool vm_bytes_append_escaped(vm_bytes *bytes, const void *data, size_t length, unsigned keep);

#ifdef __cplusplus
}
#endif
#endif
