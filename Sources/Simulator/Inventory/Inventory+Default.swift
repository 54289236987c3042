extension Inventory {
    /// The default inventory, with a user who may do everything.
    static func standard(user: String) -> Inventory {
        var inventory = Inventory()
        inventory.users = [
            User(name: "alice@vsphere.local"),
            User(name: "reader@vsphere.local", privileges: ["System.Read"]),
        ]
        // The user who may do everything may be called alice.
        inventory.users = inventory.users.filter { $0.name != user } + [User(name: user)]
        inventory.placements = standardPlacements
        var builder = Builder(inventory: inventory)
        let golden = builder.library("golden")
        builder.inventory.changeLibrary(golden) { $0.isPublished = true }
        builder.tags("stage", ["test", "prod"], isSingle: false)
        builder.tags("owner", ["web", "data"], isSingle: true)
        builder.template("ubuntu-22.04", in: golden, guestOS: "UBUNTU_64", versions: 2)
        let rhel = builder.template("rhel-9", in: golden, guestOS: "RHEL_9_64", versions: 2)
        builder.template("debian-12", in: golden, guestOS: "DEBIAN_12_64", versions: 1)
        builder.ovf("photon-ova", in: golden)
        builder.template(
            "ubuntu-22.04",
            in: builder.library("staging"),
            guestOS: "UBUNTU_64",
            versions: 1
        )
        builder.template(
            "edge-gateway",
            in: builder.library("edge"),
            guestOS: "OTHER_LINUX_64",
            versions: 1
        )
        builder.template(
            "edge-gateway",
            in: builder.library("edge"),
            guestOS: "OTHER_LINUX_64",
            versions: 1
        )
        builder.machine("jump-host")
        builder.checkOut(rhel, by: "VSPHERE.LOCAL\\alice")
        return builder.inventory
    }

    private static var standardPlacements: [Placement] {
        let centre: [Placement.Kind: String] = [.datacenter: "datacenter-2"]
        let cluster = centre.merging([.cluster: "domain-c7"]) { $1 }
        let gigabyte = 1 << 30
        return [
            Placement(kind: .datacenter, id: "datacenter-2", name: "dc-1"),
            Placement(
                kind: .folder,
                id: "group-v3",
                name: "vm",
                type: "VIRTUAL_MACHINE",
                parents: centre
            ),
            Placement(
                kind: .folder,
                id: "group-v31",
                name: "templates",
                type: "VIRTUAL_MACHINE",
                parents: centre.merging([.folder: "group-v3"]) { $1 }
            ),
            Placement(kind: .folder, id: "group-h4", name: "host", type: "HOST", parents: centre),
            Placement(
                kind: .folder,
                id: "group-s5",
                name: "datastore",
                type: "DATASTORE",
                parents: centre
            ),
            Placement(
                kind: .cluster,
                id: "domain-c7",
                name: "cluster-1",
                parents: centre.merging([.folder: "group-h4"]) { $1 }
            ),
            Placement(
                kind: .resourcePool,
                id: "resgroup-8",
                name: "Resources",
                parents: cluster
            ),
            Placement(
                kind: .resourcePool,
                id: "resgroup-81",
                name: "build",
                parents: cluster.merging([.resourcePool: "resgroup-8"]) { $1 }
            ),
            Placement(kind: .host, id: "host-10", name: "esx-1.example.test", parents: cluster),
            Placement(kind: .host, id: "host-12", name: "esx-2.example.test", parents: cluster),
            Placement(
                kind: .datastore,
                id: "datastore-11",
                name: "fast",
                type: "VMFS",
                parents: centre,
                freeSpace: 600 * gigabyte,
                capacity: 1024 * gigabyte
            ),
            Placement(
                kind: .datastore,
                id: "datastore-13",
                name: "bulk",
                type: "NFS",
                parents: centre,
                freeSpace: 3000 * gigabyte,
                capacity: 4096 * gigabyte
            ),
            Placement(
                kind: .network,
                id: "network-14",
                name: "VM Network",
                type: "STANDARD_PORTGROUP",
                parents: centre
            ),
            Placement(
                kind: .network,
                id: "network-15",
                name: "storage",
                type: "STANDARD_PORTGROUP",
                parents: centre
            ),
            Placement(kind: .storagePolicy, id: "policy-16", name: "gold"),
            Placement(kind: .customizationSpec, id: "linux", name: "linux"),
        ]
    }

    /// Builds the default items; its clock advances an hour with every step.
    private struct Builder {
        var inventory: Inventory
        private var time = Instant(milliseconds: 1_760_000_000_000)
        private var libraries = 0
        private var items = 0

        init(inventory: Inventory) {
            self.inventory = inventory
            self.inventory.nextMachine = 101
        }

        private mutating func nextHour() -> Instant {
            time = time + .seconds(3600)
            return time
        }

        mutating func tags(_ category: String, _ names: [String], isSingle: Bool) {
            func id(_ kind: String, _ number: Int) -> String {
                let uuid = Inventory.identifier(number, group: "7a65")
                return "urn:vmomi:InventoryService\(kind):\(uuid):GLOBAL"
            }
            let made = TagCategory(
                id: id("Category", inventory.tagCategories.count + 1),
                name: category,
                isSingle: isSingle
            )
            inventory.tagCategories.append(made)
            for name in names {
                let number = inventory.tags.count + 1
                inventory.tags.append(
                    Tag(id: id("Tag", number), name: name, category: made.id)
                )
            }
        }

        mutating func library(_ name: String) -> String {
            libraries += 1
            let id = Inventory.identifier(libraries, group: "a11b")
            inventory.add(Library(id: id, name: name, created: nextHour()))
            return id
        }

        @discardableResult
        mutating func template(
            _ name: String,
            in library: String,
            guestOS: String,
            versions: Int
        ) -> String {
            items += 1
            let id = Inventory.identifier(items, group: "a17e")
            let made = nextHour()
            inventory.add(
                Item(id: id, libraryID: library, name: name, created: made, modified: made)
            )
            for version in 1...versions {
                let template = inventory.addMachine { vm, serial in
                    Machine(id: vm, serial: serial, name: name, isTemplate: true, guestOS: guestOS)
                }
                _ = inventory.addVersion(
                    of: id,
                    template: template,
                    message: "Build \(version) of \(name)",
                    by: Requester(user: "VSPHERE.LOCAL\\alice", time: nextHour())
                )
            }
            return id
        }

        mutating func ovf(_ name: String, in library: String) {
            items += 1
            let made = nextHour()
            inventory.add(
                Item(
                    id: Inventory.identifier(items, group: "a17e"),
                    libraryID: library,
                    name: name,
                    type: "ovf",
                    created: made,
                    modified: made
                )
            )
        }

        mutating func machine(_ name: String) {
            _ = inventory.addMachine { Machine(id: $0, serial: $1, name: name, power: .on) }
        }

        mutating func checkOut(_ item: String, by user: String) {
            let vm = inventory.addMachine { id, serial in
                Machine(
                    id: id,
                    serial: serial,
                    name: "rhel-9-patching",
                    guestOS: "RHEL_9_64",
                    item: item
                )
            }
            let checkOut = Item.CheckOut(vm: vm, time: nextHour(), user: user)
            inventory.items[item]?.checkOuts = [checkOut]
        }
    }
}
