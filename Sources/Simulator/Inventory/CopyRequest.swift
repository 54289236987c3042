extension Inventory {
    /// The arguments of what makes a copy of a machine: a check-out, a deployment, a new template.
    struct CopyRequest: Sendable {
        var name: String?
        /// Identifiers by kind; nil where the field is missing.
        var placement: [Placement.Kind: String]?
        var isPoweredOn = false
        /// The refusal of what is left out though it is currently required.
        var unset: VAPIError?
        var storage = Storage()
        var hardware = Hardware()
        var customization: String?
        var tags: [TagRequest] = []
    }

    /// Where files and disks go, and under which policies.
    struct Storage: Sendable {
        var home: String?
        var disks: String?
        /// Data stores by disk; nil where only a policy is given.
        var overrides: [String: String?] = [:]
        var policies: [String] = []
    }

    /// The hardware of the copy that differs.
    struct Hardware: Sendable {
        /// Networks by adapter.
        var nics: [String: (network: String?, subnet: String?)] = [:]
        var removedDisks: Set<String> = []
        /// New capacities by disk, in bytes.
        var capacities: [String: Int] = [:]
        var cpuCount: Int?
        var coresPerSocket: Int?
        var memoryMiB: Int?
    }

    /// A tag to attach: one of both.
    struct TagRequest: Sendable {
        var id: String?
        var name: String?
        var category: String?
    }
}

extension Inventory.CopyRequest {
    /// Reads the spec of a call.
    init(_ call: Call) {
        let spec = call.spec
        name = spec.text("name")
        placement = spec.placement()
        isPoweredOn = spec.boolean("powered_on") ?? false
        unset = call.unset
        storage = Inventory.Storage(spec)
        if let hardware = spec.structure("hardware_customization") {
            self.hardware = Inventory.Hardware(hardware)
        }
        customization = spec.structure("guest_customization")?.text("name")
        tags = spec.structures("tags").map {
            let named = $0.structure("tag_name_spec")
            return .init(
                id: $0.text("tag_id"),
                name: named?.text("tag_name"),
                category: named?.text("category_name")
            )
        }
    }
}

extension Inventory.Storage {
    fileprivate init(_ spec: Spec) {
        let (home, disks) = (spec.structure("vm_home_storage"), spec.structure("disk_storage"))
        let overrides = spec.map("disk_storage_overrides")
        self.home = home?.text("datastore")
        self.disks = disks?.text("datastore")
        for (disk, storage) in overrides { self.overrides[disk] = storage.text("datastore") }
        policies = ([home, disks] + overrides.map(\.value)).compactMap {
            $0?.structure("storage_policy")?.text("policy")
        }
    }
}

extension Inventory.Hardware {
    fileprivate init(_ spec: Spec) {
        for (nic, update) in spec.map("nics") {
            nics[nic] = (update.text("network"), update.text("subnet"))
        }
        removedDisks = Set(spec.texts("disks_to_remove"))
        for (disk, update) in spec.map("disks_to_update") {
            capacities[disk] = update.integer("capacity")
        }
        cpuCount = spec.structure("cpu_update")?.integer("num_cpus")
        coresPerSocket = spec.structure("cpu_update")?.integer("num_cores_per_socket")
        memoryMiB = spec.structure("memory_update")?.integer("memory")
    }
}
