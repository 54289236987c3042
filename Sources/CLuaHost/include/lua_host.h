#ifndef VMOON_LUA_HOST_H
#define VMOON_LUA_HOST_H
#endif
