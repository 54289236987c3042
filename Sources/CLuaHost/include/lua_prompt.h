#ifndef VMOON_LUA_PROMPT_H
#define VMOON_LUA_PROMPT_H
// The functions that an interactive prompt needs besides lua_host.h: running a line, waiting for a key while tasks
// run, and inspecting values without running any Lua.
#include "lua_host.h"

/// Whether text is a whole chunk: VM_LUA_OK, VM_LUA_INCOMPLETE (more lines may complete it) or
/// VM_LUA_SYNTAX. An expression counts as a chunk. Runs nothing.
vm_lua_status vm_lua_check_text(vm_lua *lua, const char *text, size_t length);

/// Runs a line: as an expression if it is one, else as a chunk. Its results are copied into `results`
/// (values that cannot be copied are described), and the first becomes the global `_`; an error becomes the
/// global `_err`. `closing` names `closing_count` globals: the value that each has afterwards is closed
/// by vm_lua_close_values, like a local with the attribute <close>.
vm_lua_status vm_lua_run_line(
    vm_lua *lua, const char *text, size_t length, const char *chunk_name,
    const char *const *closing, int closing_count, vm_values *results, vm_values *error);

/// Closes the values that lines left open, the latest first. Reports the first error.
vm_lua_status vm_lua_close_values(vm_lua *lua, vm_values *error);

/// Makes a call that waits, for vm_lua_wait; NULL when out of memory. `owner` is set as for every call.
vm_lua_call *vm_lua_begin_wait(vm_lua *lua);
/// Runs tasks and the loop until the host has completed the call; an interrupt abandons it, and so does a failed
/// task that nobody joins. Then the call returns to the pool.
vm_lua_status vm_lua_wait(vm_lua *lua, vm_lua_call *call, vm_values *error);

/// The next failure of a task that was neither joined nor cancelled; VM_LUA_OK if there is none.
vm_lua_status vm_lua_take_failure(vm_lua *lua, vm_values *error);

typedef enum vm_lua_lookup {
    VM_LUA_NAMES = 0,    ///< the string keys of a table, and of the tables behind its __index
    VM_LUA_PARAMETERS = 1 ///< the parameters of a Lua function
} vm_lua_lookup;

/// Finds the value at a path of names from the globals, by raw access: no metamethod runs.
/// `out` gets the value itself if it is a host object or a host function, else its type's name; then an array of
/// names, or for VM_LUA_NAMES of pairs {name, type}. Nothing if nothing is found.
void vm_lua_look(
    vm_lua *lua, const char *const *path, int count, vm_lua_lookup lookup, vm_values *out);

/// The address of the function that is a global, or with one dot in the name a field of one, by raw access; 0 if there
/// is none.
uint64_t vm_lua_function_address(vm_lua *lua, const char *name);

#endif
