extension Inventory {
    /// Makes a machine of an OVF item.
    /// - Throws: `not_found` for what does not exist; a failed deployment is no error, but a reason.
    mutating func deployPackage(
        _ id: String,
        _ spec: Spec,
        to target: Spec
    ) throws(VAPIError) -> PackageDeployment {
        let item = try item(id)
        guard item.type == "ovf" else {
            throw .invalid("item.not_a_package", "The library item \(id) is no OVF package.", [id])
        }
        var named: [Placement.Kind: String] = [:]
        named[.resourcePool] = target.text("resource_pool_id")
        named[.folder] = target.text("folder_id")
        named[.host] = target.text("host_id")
        var machine = Machine(id: "", serial: 0, name: Self.stored(spec.text("name") ?? item.name))
        machine.placement = usualPlacement
        for index in machine.disks.indices {
            machine.disks[index].datastore = usualPlacement.datastore
        }
        machine.placement = try place(named, besides: machine.placement, else: .notFound)
        if let store = spec.text("default_datastore_id") {
            machine.placement.datastore = try known(.datastore, store, else: .notFound).id
            for index in machine.disks.indices { machine.disks[index].datastore = store }
        }
        if let policy = spec.text("storage_profile_id") {
            _ = try known(.storagePolicy, policy, else: .notFound)
        }
        for name in ["network_mappings", "storage_mappings", "subnet_mappings"] {
            // The packages here have no names of their own for networks and disks.
            if let key = spec.keys(name).first { throw .notFound("name in the package", key) }
        }
        guard spec.boolean("accept_all_EULA") == true else {
            return .failed("accept_all_EULA", "The licences of the package are not accepted.")
        }
        let isTaken = machines.values.contains {
            !$0.isTemplate && $0.name == machine.name
                && $0.placement.folder == machine.placement.folder
        }
        guard !isTaken else {
            return .failed(
                "name",
                "The folder already has a virtual machine named \(machine.name)."
            )
        }
        return .made(add(copy: machine))
    }

    /// The outcome of a deployment.
    enum PackageDeployment: Sendable {
        case made(String)
        /// The argument that was the reason, and why.
        case failed(String, String)
    }
}
