#ifndef VMOON_CURL_SHIMS_H
#define VMOON_CURL_SHIMS_H
// libcurl for Swift. Types and constants come from <curl/curl.h>; no function of libcurl may be called
// but through this header, since the program is not linked with it. libcurl is opened at the first use:
// loading it with its thirty dependencies takes most of the time that a program needs to start.
//
// It is C because Swift cannot call varargs (curl_easy_setopt, curl_easy_getinfo), and because a Swift
// frame must not run inside a callback of libcurl: the callbacks are in easy.c and only append bytes.

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

// --- library.c

/// Opens libcurl.so.4 and initialises it, once; later calls only answer. SSLKEYLOGFILE is hidden from
/// it while it initialises, the only time it looks. SIGPIPE must not have its default action any more: OpenSSL
/// writes to sockets without MSG_NOSIGNAL, and CURLOPT_NOSIGNAL leaves the matter to us. Loops of several threads
/// may call it.
/// Returns NULL, or one line that says what failed; the text is static.
const char *vm_curl_open(void);
/// What libcurl says of itself, static. NULL unless it is open.
const curl_version_info_data *vm_curl_version(void);
/// libcurl's words for a code, static. Needs an open library.
const char *vm_curl_text(CURLcode code);
const char *vm_curl_multi_text(CURLMcode code);

// --- easy.c: one transfer

/// A reusable easy handle and what its callbacks write to.
typedef struct vm_curl_easy {
    CURL *handle;      ///< owned
    CURLU *parts;      ///< owned: scheme, host and port as libcurl is given them, parsed
    vm_bytes origin;   ///< their text; empty when the handle's URL is another
    vm_bytes *body;    ///< borrowed from begin to finish: where the body goes
    vm_bytes *headers; ///< borrowed likewise: the last header block, without its empty line
    bool block_ended;  ///< the empty line after a header block was seen
    bool sending;      ///< libcurl had a connection and went on to send the request
    bool too_large;    ///< the answer was larger than a buffer's limit
    bool no_memory;    ///< a buffer could not grow
    char reason[CURL_ERROR_SIZE]; ///< libcurl's words for what failed, or empty
    char key_hash[64]; ///< `sha256//…` of the server's key, where vm_curl_set_looking asked for it; or empty
} vm_curl_easy;

/// Makes a handle with the options that all transfers have in common. `slot` comes back from
/// vm_curl_next_done; `share` outlives it. NULL when out of memory. Freed by vm_curl_easy_free.
vm_curl_easy *vm_curl_easy_new(long slot, CURLSH *share);
/// Frees it; it must not be in a multi handle. NULL is allowed.
void vm_curl_easy_free(vm_curl_easy *easy);
/// Back to the options of vm_curl_easy_new; false when one was refused.
bool vm_curl_easy_reset(vm_curl_easy *easy, long slot);
/// Readies it for a transfer: the URL (copied), where the answer goes (borrowed until the transfer
/// ended), nothing seen yet. The URL is closed with a NUL behind its last byte, within its padding; its
/// first `origin` bytes are scheme, host and port. `is_direct` says that no proxy reads the request: one that
/// is not only a tunnel needs the whole URL.
CURLcode vm_curl_easy_begin(
    vm_curl_easy *easy, vm_bytes *url, size_t origin, bool is_direct, vm_bytes *headers, vm_bytes *body);

// curl_easy_setopt and curl_easy_getinfo are varargs: one function for each type of argument. Texts and
// blobs are copied by libcurl, pointers are not.
CURLcode vm_curl_set_long(vm_curl_easy *easy, CURLoption option, long value);
CURLcode vm_curl_set_offset(vm_curl_easy *easy, CURLoption option, curl_off_t value);
CURLcode vm_curl_set_text(vm_curl_easy *easy, CURLoption option, const char *value);
CURLcode vm_curl_set_pointer(vm_curl_easy *easy, CURLoption option, const void *value);
CURLcode vm_curl_set_blob(vm_curl_easy *easy, CURLoption option, const void *data, size_t length);
/// Has libcurl tell of the server's certificate: fills `key_hash`, and what vm_curl_certificate gives. Undone by
/// vm_curl_easy_reset.
CURLcode vm_curl_set_looking(vm_curl_easy *easy);
/// A field of the server's own certificate, such as "Subject"; NULL where there is none. It lives as long as the
/// handle is not used again.
const char *vm_curl_certificate(const vm_curl_easy *easy, const char *field);
/// The value, or 0 / NULL where libcurl has none; texts live as long as the handle is not used again.
long vm_curl_info_long(const vm_curl_easy *easy, CURLINFO info);
const char *vm_curl_info_text(const vm_curl_easy *easy, CURLINFO info);

// --- multi.c: many transfers

/// Makes a multi handle whose own descriptors are close-on-exec; NULL when out of memory. Freed by
/// vm_curl_multi_free, after its easy handles.
CURLM *vm_curl_multi_new(void);
void vm_curl_multi_free(CURLM *multi);
CURLMcode vm_curl_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode vm_curl_multi_add(CURLM *multi, vm_curl_easy *easy);
CURLMcode vm_curl_multi_remove(CURLM *multi, vm_curl_easy *easy);
/// Does what can be done without waiting.
CURLMcode vm_curl_multi_perform(CURLM *multi);
/// Takes one finished transfer off the queue; returns its slot, or -1 when none is left.
long vm_curl_next_done(CURLM *multi, CURLcode *code);

/// A descriptor to wait for, beside the transfers; its bits are those of poll(2).
typedef struct vm_curl_watch {
    int descriptor;
    short events;
    short found; ///< out: what poll(2) reported
} vm_curl_watch;
#define VM_CURL_READABLE 1 ///< POLLIN
#define VM_CURL_WRITABLE 4 ///< POLLOUT

/// Waits for the transfers and the watched descriptors, at most so long; -1 waits without end. `multi`
/// may be NULL. `hangups` says whether one of the watched descriptors may hang up: libcurl does not
/// report that, so they are then polled once more.
CURLMcode vm_curl_wait(
    CURLM *multi, vm_curl_watch *watches, unsigned int count, int milliseconds, bool hangups);

/// Makes the store that handles share: TLS sessions. One thread uses it, so it has no locks. NULL when out
/// of memory. Freed by vm_curl_share_free, after the handles that use it.
CURLSH *vm_curl_share_new(void);
void vm_curl_share_free(CURLSH *share);

/// An eventfd, close-on-exec and non-blocking; -1 and errno. Swift's Glibc module does not have it.
int vm_curl_eventfd(void);

// --- url.c

/// What must be known of a URL before libcurl sees it.
typedef struct vm_url {
    const uint8_t *host; ///< borrowed from the URL; an IPv6 address with its brackets
    size_t host_length;
    size_t origin;    ///< how many bytes scheme, host and port take
    long port;        ///< as it stands, or the scheme's own
    bool is_https;    ///< the scheme is https
    bool is_loopback; ///< localhost, a name under it, 127.0.0.0/8 in any spelling, ::1
} vm_url;

/// Reads an absolute http or https URL. False for any other, and for one with a control character or a
/// space. C because it runs for every request over bytes that are not a String.
bool vm_url_read(const vm_bytes *bytes, vm_url *url);

/// The beginning of the URL that was read last; all zero at first.
typedef struct vm_url_memory {
    uint8_t text[280];
    vm_url url;
} vm_url_memory;

/// The same, and remembers: most URLs begin like the one before.
bool vm_url_read_next(const vm_bytes *bytes, vm_url *url, vm_url_memory *memory);

#endif
