internal import JSON

/// OVF packages in content libraries.
enum PackageRoutes {
    static let routes: [Route] = [
        Route(
            indexed: .deployOVF,
            "vcenter.ovf.library_item.deploy",
            "POST",
            "vcenter/ovf/library-item/{ovf_library_item_id}",
            action: "deploy"
        ) { call, inventory throws(VAPIError) in
            let made = try inventory.deployPackage(
                call.parameters[0],
                call.arguments.structure("deployment_spec") ?? Spec(),
                to: call.arguments.structure("target") ?? Spec()
            )
            switch made {
            case .made(let vm):
                return [
                    "succeeded": true,
                    "resource_id": ["type": "VirtualMachine", "id": .string(vm)],
                ]
            case .failed(let name, let why):
                let message: JSONValue = [
                    "id": "com.vmoon.simulator.ovf.failed", "default_message": .string(why),
                    "args": [],
                ]
                let error: JSONValue = [
                    "category": "INPUT", "name": .string(name), "value": "", "message": message,
                ]
                return [
                    "succeeded": false,
                    "error": ["errors": [error], "warnings": [], "information": []],
                ]
            }
        }.withNamedBody()
    ]
}
