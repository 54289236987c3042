#include "postgresql.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// As https://www.postgresql.org/docs/current/libpq.html declares them. The numbers are part of libpq's binary interface.
typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;
enum { CONNECTION_OK = 0 };
enum { PGRES_POLLING_FAILED = 0, PGRES_POLLING_READING = 1, PGRES_POLLING_WRITING = 2, PGRES_POLLING_OK = 3 };
enum { PGRES_COMMAND_OK = 1, PGRES_TUPLES_OK = 2 };
enum { PG_DIAG_SQLSTATE = 'C', PG_DIAG_MESSAGE_PRIMARY = 'M' };

#define VM_PG_FUNCTIONS(each)                                                                      \
    each(PGconn *, connectStartParams, (const char *const *, const char *const *, int))            \
    each(int, connectPoll, (PGconn *))                                                             \
    each(void, finish, (PGconn *))                                                                 \
    each(int, status, (const PGconn *))                                                            \
    each(char *, errorMessage, (const PGconn *))                                                   \
    each(int, socket, (const PGconn *))                                                            \
    each(int, serverVersion, (const PGconn *))                                                     \
    each(int, setnonblocking, (PGconn *, int))                                                     \
    each(int, sendQueryParams,                                                                     \
         (PGconn *, const char *, int, const unsigned *, const char *const *, const int *, const int *, int)) \
    each(int, flush, (PGconn *))                                                                   \
    each(int, consumeInput, (PGconn *))                                                            \
    each(int, isBusy, (PGconn *))                                                                  \
    each(PGresult *, getResult, (PGconn *))                                                        \
    each(int, resultStatus, (const PGresult *))                                                    \
    each(char *, resultErrorField, (const PGresult *, int))                                        \
    each(char *, resultErrorMessage, (const PGresult *))                                           \
    each(int, ntuples, (const PGresult *))                                                         \
    each(int, nfields, (const PGresult *))                                                         \
    each(char *, getvalue, (const PGresult *, int, int))                                           \
    each(int, getlength, (const PGresult *, int, int))                                             \
    each(int, getisnull, (const PGresult *, int, int))                                             \
    each(void, clear, (PGresult *))                                                                \
    each(void *, setNoticeProcessor, (PGconn *, void (*)(void *, const char *), void *))

static struct {
#define VM_PG_FIELD(type, name, parameters) type(*name) parameters;
    VM_PG_FUNCTIONS(VM_PG_FIELD)
#undef VM_PG_FIELD
} pq;

struct vm_pg {
    PGconn *connection;
    bool is_broken;
    char reason[256]; ///< ours, where libpq has none
};

static const char *find_functions(void *library) {
#define VM_PG_FIND(type, name, parameters)                                                         \
    pq.name = (__typeof__(pq.name))dlsym(library, "PQ" #name);                                     \
    if (pq.name == NULL) return "libpq.so.5 is too old: it has no PQ" #name;
    VM_PG_FUNCTIONS(VM_PG_FIND)
#undef VM_PG_FIND
    return NULL;
}

static const char *open_locked(void) {
    static char reason[512];
    static bool is_open;
    if (is_open) return NULL;
    void *library = dlopen("libpq.so.5", RTLD_LAZY | RTLD_LOCAL);
    if (library == NULL) {
        const char *why = dlerror();
        snprintf(reason, sizeof reason, "cannot load libpq.so.5 (%s)", why == NULL ? "no reason given" : why);
        return reason;
    }
    const char *missing = find_functions(library);
    if (missing != NULL) {
        dlclose(library);
        return missing;
    }
    is_open = true;
    return NULL;
}

const char *vm_pg_open(void) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    const char *problem = open_locked();
    pthread_mutex_unlock(&lock);
    return problem;
}

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (long long)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/// Waits for the socket; false when the time is over.
static bool await(PGconn *connection, short events, long long end) {
    struct pollfd entry = {.fd = pq.socket(connection), .events = events};
    if (entry.fd < 0) return false;
    while (true) {
        long long rest = end - now();
        if (rest <= 0) return false;
        int found = poll(&entry, 1, (int)rest);
        if (found > 0) return true;
        if (found < 0 && errno != EINTR) return false;
    }
}

static void ignore_notice(void *context, const char *text) { (void)context, (void)text; }

static void give_up(vm_pg *connection, const char *reason) {
    connection->is_broken = true;
    snprintf(connection->reason, sizeof connection->reason, "%s", reason);
}

vm_pg *vm_pg_connect(const char *url, const char *name, int milliseconds) {
    vm_pg *made = calloc(1, sizeof *made);
    if (made == NULL) return NULL;
    // What stands in the URL is stronger than what comes before it. A dead host is noticed in half a minute.
    const char *const names[] = {
        "fallback_application_name", "tcp_user_timeout", "keepalives_idle", "keepalives_interval", "client_encoding",
        "dbname", NULL};
    const char *const values[] = {name, "30000", "15", "5", "UTF8", url, NULL};
    long long end = now() + milliseconds;
    made->connection = pq.connectStartParams(names, values, 1);
    if (made->connection == NULL) {
        free(made);
        return NULL;
    }
    pq.setNoticeProcessor(made->connection, ignore_notice, NULL);
    int state = PGRES_POLLING_WRITING;
    while (pq.status(made->connection) != 1 /* CONNECTION_BAD */) {
        if (!await(made->connection, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, end)) {
            give_up(made, "there was no answer in time");
            return made;
        }
        state = pq.connectPoll(made->connection);
        if (state == PGRES_POLLING_OK || state == PGRES_POLLING_FAILED) break;
    }
    if (state == PGRES_POLLING_OK) pq.setnonblocking(made->connection, 1);
    return made;
}

void vm_pg_close(vm_pg *connection) {
    if (connection == NULL) return;
    pq.finish(connection->connection);
    free(connection);
}

bool vm_pg_is_alive(const vm_pg *connection) {
    return !connection->is_broken && pq.status(connection->connection) == CONNECTION_OK;
}

bool vm_pg_is_late(const vm_pg *connection) { return connection->is_broken; }

const char *vm_pg_reason(const vm_pg *connection) {
    return connection->is_broken ? connection->reason : pq.errorMessage(connection->connection);
}

int vm_pg_version(const vm_pg *connection) { return pq.serverVersion(connection->connection); }

/// Sends what libpq still has, and takes what comes meanwhile.
static bool flush(vm_pg *connection, long long end) {
    while (true) {
        int left = pq.flush(connection->connection);
        if (left <= 0) return left == 0;
        if (!await(connection->connection, POLLIN | POLLOUT, end)) {
            give_up(connection, "there was no answer in time");
            return false;
        }
        if (pq.consumeInput(connection->connection) != 1) return false;
    }
}

/// The next result, NULL behind the last; `came` says whether it is one of the two.
static PGresult *next(vm_pg *connection, long long end, bool *came) {
    *came = false;
    while (pq.isBusy(connection->connection) == 1) {
        if (!await(connection->connection, POLLIN, end)) {
            give_up(connection, "there was no answer in time");
            return NULL;
        }
        if (pq.consumeInput(connection->connection) != 1) return NULL;
    }
    *came = true;
    return pq.getResult(connection->connection);
}

vm_pg_result *vm_pg_query(
    vm_pg *connection, const char *sql, int count, const char *const *values, int milliseconds) {
    long long end = now() + milliseconds;
    if (pq.sendQueryParams(connection->connection, sql, count, NULL, values, NULL, NULL, 0) != 1) return NULL;
    if (!flush(connection, end)) return NULL;
    PGresult *last = NULL;
    while (true) {
        bool came;
        PGresult *result = next(connection, end, &came);
        if (!came) {
            if (last != NULL) pq.clear(last);
            return NULL;
        }
        if (result == NULL) break;
        if (last != NULL) pq.clear(last);
        last = result;
    }
    return (vm_pg_result *)last;
}

void vm_pg_clear(vm_pg_result *result) {
    if (result != NULL) pq.clear((PGresult *)result);
}

bool vm_pg_succeeded(const vm_pg_result *result) {
    int status = pq.resultStatus((const PGresult *)result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

const char *vm_pg_state(const vm_pg_result *result) {
    const char *state = pq.resultErrorField((const PGresult *)result, PG_DIAG_SQLSTATE);
    return state == NULL ? "" : state;
}

const char *vm_pg_message(const vm_pg_result *result) {
    const char *text = pq.resultErrorField((const PGresult *)result, PG_DIAG_MESSAGE_PRIMARY);
    return text != NULL ? text : pq.resultErrorMessage((const PGresult *)result);
}

int vm_pg_rows(const vm_pg_result *result) { return pq.ntuples((const PGresult *)result); }

int vm_pg_columns(const vm_pg_result *result) { return pq.nfields((const PGresult *)result); }

const char *vm_pg_text(const vm_pg_result *result, int row, int column) {
    const PGresult *given = (const PGresult *)result;
    return pq.getisnull(given, row, column) == 1 ? NULL : pq.getvalue(given, row, column);
}

int vm_pg_length(const vm_pg_result *result, int row, int column) {
    return pq.getlength((const PGresult *)result, row, column);
}

char *vm_pg_copy(const char *text) { return strdup(text); }

void vm_pg_forget(char *text) { free(text); }
