#ifndef VMOON_CURL_SHIMS_H
#define VMOON_CURL_SHIMS_H
#endif
