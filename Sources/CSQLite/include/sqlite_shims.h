#ifndef VMOON_SQLITE_SHIMS_H
#define VMOON_SQLITE_SHIMS_H
// SQLite's own interface, and wrappers for what Swift cannot call: macros with casts, and varargs.

#include <sqlite3.h>

/// Binds a copy of a text. Why C: SQLITE_TRANSIENT is a macro that casts -1 to a function pointer.
int vm_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, int length);

/// Makes a corrupted schema fail to open instead of being believed (SQLITE_DBCONFIG_DEFENSIVE and
/// _TRUSTED_SCHEMA). Why C: sqlite3_db_config is varargs. Returns a result code.
int vm_sqlite_harden(sqlite3 *database);

#endif
