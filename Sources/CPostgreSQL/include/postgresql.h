#ifndef VMOON_POSTGRESQL_H
#define VMOON_POSTGRESQL_H
// libpq for Swift: the few functions that the journal uses, with declarations of our own, so that neither its headers
// nor the library are needed to build. It is opened at its first use, like libcurl: who keeps the journal in a file
// pays nothing for it.
//
// It is C because libpq answers through opaque pointers that must be freed, and because a wait with a limit needs its
// asynchronous functions.

#include <stdbool.h>

/// A connection to a database. One thread at a time uses it.
typedef struct vm_pg vm_pg;
/// The answer to one statement.
typedef struct vm_pg_result vm_pg_result;

/// Opens libpq.so.5, once; later calls only return the result. Any thread.
/// Returns NULL on success, else one line that says what failed; the text is static.
const char *vm_pg_open(void);

/// Connects, and waits for it at most for the given time. `url` is a connection string or URL as libpq reads it;
/// `name` is what the server shows of us. NULL when out of memory; else vm_pg_is_alive tells whether it is connected.
/// Freed by vm_pg_close. Needs an open library.
vm_pg *vm_pg_connect(const char *url, const char *name, int milliseconds);
void vm_pg_close(vm_pg *connection);
/// Whether it can be used; false from the first sign that it is broken on, and after a statement took too long.
bool vm_pg_is_alive(const vm_pg *connection);
/// Whether it is broken because an answer did not come in time.
bool vm_pg_is_late(const vm_pg *connection);
/// Why it is not connected, or broken: libpq's text, perhaps of several lines. It lives until the next call.
const char *vm_pg_reason(const vm_pg *connection);
/// The server's version as a number, 150018 for 15.18; 0 if not connected.
int vm_pg_version(const vm_pg *connection);

/// Runs one statement, and waits for its answer at most for the given time; then the connection counts as broken, and
/// it is not known whether the statement was carried out. `values` are texts for $1, $2, …; NULL for NULL.
/// NULL if there is no answer. Freed by vm_pg_clear.
vm_pg_result *vm_pg_query(
    vm_pg *connection, const char *sql, int count, const char *const *values, int milliseconds);
void vm_pg_clear(vm_pg_result *result);
/// Whether the statement was carried out.
bool vm_pg_succeeded(const vm_pg_result *result);
/// The SQLSTATE of the error; empty where the server gave none.
const char *vm_pg_state(const vm_pg_result *result);
/// The error's text, one line; empty for none.
const char *vm_pg_message(const vm_pg_result *result);
int vm_pg_rows(const vm_pg_result *result);
int vm_pg_columns(const vm_pg_result *result);
/// The text of a column, terminated; NULL for NULL. It lives as long as the result.
const char *vm_pg_text(const vm_pg_result *result, int row, int column);
int vm_pg_length(const vm_pg_result *result, int row, int column);

/// A copy of a text, for the values of a statement; freed by vm_pg_forget. NULL when out of memory.
char *vm_pg_copy(const char *text);
void vm_pg_forget(char *text);

#endif
