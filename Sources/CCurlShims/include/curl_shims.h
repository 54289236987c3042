#ifndef VMOON_CURL_SHIMS_H
#define VMOON_CURL_SHIMS_H
// libcurl for Swift. Types and constants come from <curl/curl.h>; libcurl's functions may be called only
// through this header, since the program is not linked with it. libcurl is opened at its first use:
// loading it with its thirty dependencies takes most of the start-up time of the program.
//
// It is C because Swift cannot call varargs (curl_easy_setopt, curl_easy_getinfo), and because a Swift
// frame must not run inside a callback of libcurl: the callbacks are in easy.c and only append bytes.

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

// --- library.c

/// Opens libcurl.so.4 and initialises it, once; later calls only return the result. SSLKEYLOGFILE is hidden
/// during initialisation, the only time libcurl reads it. The caller has changed the action of SIGPIPE: OpenSSL
/// writes to sockets without MSG_NOSIGNAL, and with CURLOPT_NOSIGNAL libcurl does not handle it. May be
/// called from the loops of several threads.
/// Returns NULL on success, else one line that says what failed; the text is static.
const char *vm_curl_open(void);
/// libcurl's version data, static. NULL unless it is open.
const curl_version_info_data *vm_curl_version(void);
/// The version as libcurl writes it in a number, 0x074c01 for 7.76.1. Needs an open library.
unsigned vm_curl_number(void);
/// Has vmoon take libcurl for an older one, in this process, from before the first request on: for tests.
void vm_curl_pretend(unsigned number);
/// libcurl's text for a code, static. Needs an open library.
const char *vm_curl_text(CURLcode code);

// --- easy.c: one transfer

/// A reusable easy handle and the buffers of its callbacks.
typedef struct vm_curl_easy {
    CURL *handle;      ///< owned
    CURLU *parts;      ///< owned: scheme, host and port as set in libcurl, parsed
    vm_bytes origin;   ///< their text; empty if the handle has another URL
    vm_bytes *body;    ///< borrowed from begin to finish: receives the body
    vm_bytes *headers; ///< borrowed likewise: receives the last header block, without its empty line
    bool block_ended;  ///< the empty line after a header block was seen
    bool sending;      ///< libcurl had a connection and went on to send the request
    bool too_late;     ///< it had one, and the time for sending was over
    int64_t send_before; ///< until when it may be sent, in nanoseconds of CLOCK_BOOTTIME; set after begin
    bool too_large;    ///< the answer was larger than a buffer's limit
    bool no_memory;    ///< a buffer could not grow
    char reason[CURL_ERROR_SIZE]; ///< libcurl's message about a failure, or empty
    char key_hash[64]; ///< `sha256//…` of the server's key, where vm_curl_set_looking asked for it; or empty
} vm_curl_easy;

/// Makes a handle with the options common to all transfers. vm_curl_next_done returns
/// `slot`; `share` must outlive the handle. NULL when out of memory. Freed by vm_curl_easy_free.
vm_curl_easy *vm_curl_easy_new(long slot, CURLSH *share);
/// Frees it; it must not be in a multi handle. NULL is allowed.
void vm_curl_easy_free(vm_curl_easy *easy);
/// Resets it to the options of vm_curl_easy_new; false if one was refused.
bool vm_curl_easy_reset(vm_curl_easy *easy, long slot);
/// Readies it for a transfer: the URL (copied), where the answer goes (borrowed until the transfer
/// ended), nothing seen yet. The URL is closed with a NUL behind its last byte, within its padding; its
/// first `origin` bytes are scheme, host and port. `as_target` says that path and query may be sent as they stand,
/// and that no proxy reads the request: one that is not only a tunnel needs the whole URL.
CURLcode vm_curl_easy_begin(
    vm_curl_easy *easy, vm_bytes *url, size_t origin, bool as_target, vm_bytes *headers, vm_bytes *body);

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
/// How many certificates the server has shown; 0 without vm_curl_set_looking.
int vm_curl_certificate_count(const vm_curl_easy *easy);
/// A field of a certificate, such as "Subject", of the server's own for 0; NULL where there is none. It lives as long
/// as the handle is not used again.
const char *vm_curl_certificate(const vm_curl_easy *easy, int number, const char *field);
/// The value, or 0 / NULL where libcurl has none; texts live as long as the handle is not used again.
long vm_curl_info_long(const vm_curl_easy *easy, CURLINFO info);
const char *vm_curl_info_text(const vm_curl_easy *easy, CURLINFO info);
curl_off_t vm_curl_info_offset(const vm_curl_easy *easy, CURLINFO info);

// --- multi.c: many transfers

/// Makes a multi handle whose own descriptors are close-on-exec; NULL when out of memory. Freed by
/// vm_curl_multi_free, after its easy handles.
CURLM *vm_curl_multi_new(void);
void vm_curl_multi_free(CURLM *multi);
CURLMcode vm_curl_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode vm_curl_multi_add(CURLM *multi, vm_curl_easy *easy);
CURLMcode vm_curl_multi_remove(CURLM *multi, vm_curl_easy *easy);
/// Does all work that is possible without waiting.
CURLMcode vm_curl_multi_perform(CURLM *multi);
/// Takes one finished transfer off the queue; returns its slot, or -1 if none is left.
long vm_curl_next_done(CURLM *multi, CURLcode *code);

/// A descriptor to wait for, besides the transfers; its bits are those of poll(2).
typedef struct vm_curl_watch {
    int descriptor;
    short events;
    short found; ///< out: what poll(2) reported
} vm_curl_watch;
#define VM_CURL_READABLE 1 ///< POLLIN
#define VM_CURL_WRITABLE 4 ///< POLLOUT

/// Waits for the transfers and the watched descriptors, at most for the given time; -1 waits without limit.
/// `multi` may be NULL. `hangups` says whether one of the watched descriptors may hang up: libcurl does not
/// report that, so they are then polled once more.
CURLMcode vm_curl_wait(
    CURLM *multi, vm_curl_watch *watches, unsigned int count, int milliseconds, bool hangups);

/// Makes the store that handles share: TLS sessions. Only one thread uses it, so it has no locks. NULL when
/// out of memory. Freed by vm_curl_share_free, after the handles that use it.
CURLSH *vm_curl_share_new(void);
void vm_curl_share_free(CURLSH *share);

/// An eventfd, close-on-exec and non-blocking; -1 and errno. Swift's Glibc module does not have it.
int vm_curl_eventfd(void);

// --- url.c

/// The parts of a URL that are needed before libcurl parses it.
typedef struct vm_url {
    const uint8_t *host; ///< borrowed from the URL; an IPv6 address with its brackets
    size_t host_length;
    size_t origin;    ///< length of scheme, host and port in bytes
    long port;        ///< as given, or the scheme's default
    bool is_https;    ///< the scheme is https
    bool is_plain;    ///< path and query hold only bytes that RFC 3986 allows there
    bool is_loopback; ///< localhost, a name under it, 127.0.0.0/8 in any spelling, ::1
} vm_url;

/// Parses an absolute http or https URL. False for any other, and for one with a control character or a
/// space. It is C because it runs for every request over bytes that are not a String.
bool vm_url_read(const vm_bytes *bytes, vm_url *url);

/// The beginning of the URL that was read last; all zero at first.
typedef struct vm_url_memory {
    uint8_t text[280];
    vm_url url;
} vm_url_memory;

/// Parses like vm_url_read, and remembers the beginning: most URLs begin like the previous one.
bool vm_url_read_next(const vm_bytes *bytes, vm_url *url, vm_url_memory *memory);

#endif
