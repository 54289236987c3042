extension LiveNames {
    /// The kinds of names that an argument may have.
    public enum Kind: Sendable, Equatable {
        /// An item's identifier; its path; a pattern of paths; its name in its library.
        case item, itemPath, itemPattern, itemName
        /// A version of the item of the call.
        case version
        /// A tag as `category/tag`; its identifier.
        case tag, tagIdentifier
        /// An object that may have tags; a library or an item.
        case tagged, published
        case task, customization
        /// The identifier of a machine, a place or a library; its name or path; its name alone.
        case place(PlaceKind)
        case path(PlaceKind)
        case name(PlaceKind)

        /// The kind of an argument, or of a value in a table that is one; nil where any text may stand.
        /// - Parameters:
        ///   - function: The function's name.
        ///   - keys: The name of the parameter, and the fields that lead to the value; nil for an element of a list.
        public init?(of function: String, _ keys: [String?]) {
            let names = keys.compactMap { $0 }
            guard let name = names.last else { return nil }
            if let kind = Self.named(name, of: function, in: names) {
                self = kind
            } else if function.hasPrefix("find.") {
                guard let kind = PlaceKind(named: String(function.dropFirst(5))) else { return nil }
                self = .path(kind)
            } else if let kind = Self.place(name)
                ?? names.suffix(2).lazy.compactMap(Self.mapped).first
            {
                self = function == "placement" ? .path(kind) : .place(kind)
            } else {
                return nil
            }
        }

        private static func named(
            _ name: String,
            of function: String,
            in names: [String]
        ) -> Kind? {
            let isWhole = function.hasPrefix("api.")
            switch name {
            case "path" where function == "item": return .itemPath
            case "pattern" where function == "items": return .itemPattern
            case "item", "template_library_item", "library_item_id", "ovf_library_item_id",
                "source_id":
                return .item
            case "version", "if_latest": return isWhole ? nil : .version
            case "tag", "tag_id": return isWhole ? .tagIdentifier : .tag
            case "object":
                return function.hasSuffix("Tag") || function == "listTags" ? .tagged : .published
            case "id": return names.first == "object" && !isWhole ? .tagged : nil
            case "task", "tasks": return .task
            case "name", "names": return nameKind(of: function, names)
            default: return nil
            }
        }

        /// The kind of a name, by the function that takes it.
        private static func nameKind(of function: String, _ names: [String]) -> Kind? {
            switch function {
            case "getCustomizationSpec", "customize", "listCustomizationSpecs":
                return .customization
            case "deploy" where names.contains("guest_customization"): return .customization
            case "findLibraries": return .name(.library)
            case "findItems": return .itemName
            default: return lists[function].map { .name($0) }
            }
        }

        private static let lists: [String: PlaceKind] = [
            "listVMs": .vm, "listFolders": .folder, "listResourcePools": .resourcePool,
            "listClusters": .cluster, "listHosts": .host, "listDatastores": .datastore,
            "listNetworks": .network, "listDatacenters": .datacenter,
        ]

        /// The place that a field names, in whatever form: `folder`, `parent_folders`, `folder_id`.
        private static func place(_ field: String) -> PlaceKind? {
            if field == "source_vm" { return .vm }
            var name = field[...]
            for prefix in ["parent_", "default_"] where name.hasPrefix(prefix) {
                name = name.dropFirst(prefix.count)
            }
            if name.hasSuffix("_id") { name = name.dropLast(3) }
            if name.hasSuffix("s") { name = name.dropLast() }
            let kind = PlaceKind(named: String(name))
            return name == "resourcePool" ? nil : kind
        }

        /// The place that each value of a map names.
        private static func mapped(_ field: String) -> PlaceKind? {
            field == "network_mappings" ? .network : nil
        }
    }
}
