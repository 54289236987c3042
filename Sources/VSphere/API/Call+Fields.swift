internal import APIIndex
internal import Buffers

/// The fields of what a change is given, against the index of the API.
extension Call {
    /// Refuses a field that the API does not have: vCenter would ignore it, or refuse the whole.
    ///
    /// Only the names count here: an older vCenter may lack some, and none has others.
    /// - Throws: The place and the name that was probably meant.
    func checkFields() throws(ShapeMismatch) {
        guard operation.isChanging, let (facts, named) = terms(), let root = named.root else {
            return
        }
        for parameter in facts.parameters {
            guard let given = root[parameter.name] else { continue }
            do throws(ShapeMismatch) {
                try Self.checkFields(of: given, as: parameter.type, depth: 0)
            } catch {
                throw error.inside(parameter.name).explained
            }
        }
    }

    /// The texts in a value that are secrets by its type, whatever else is wrong with it.
    static func secrets(in value: Value, as type: APIType) -> [String] {
        switch type.unwrapped {
        case .secret: value.string.map { [$0] } ?? []
        case .list(let element), .set(let element):
            value.elements.flatMap { secrets(in: $0, as: element) }
        case .map(_, let element): value.fields.flatMap { secrets(in: $0.value, as: element) }
        case .structure(let name):
            value.fields.flatMap { key, found in
                let field = APIFacts.structure(name)?[key.string ?? ""]
                return field.map { secrets(in: found, as: $0.type) } ?? []
            }
        default: []
        }
    }

    private static func checkFields(
        of value: Value,
        as type: APIType,
        depth: Int
    ) throws(ShapeMismatch) {
        guard depth < 64 else { return }
        switch type.unwrapped {
        case .list(let element), .set(let element):
            for (index, found) in value.elements.enumerated() {
                do throws(ShapeMismatch) {
                    try checkFields(of: found, as: element, depth: depth + 1)
                } catch {
                    throw error.inside("[\(index + 1)]")
                }
            }
        case .map(_, let element):
            for (key, found) in value.fields {
                do throws(ShapeMismatch) {
                    try checkFields(of: found, as: element, depth: depth + 1)
                } catch {
                    throw error.inside(key.string ?? "?")
                }
            }
        case .structure(let name):
            guard let structure = APIFacts.structure(name) else { return }
            for (key, found) in value.fields where !found.isAbsent {
                let name = key.string ?? ""
                if let field = structure[name] {
                    do throws(ShapeMismatch) {
                        try checkFields(of: found, as: field.type, depth: depth + 1)
                    } catch {
                        throw error.inside(name)
                    }
                } else if name != APIEncoder.className {
                    throw APIEncoder.unknown("field", name, among: structure.fields.map(\.name))
                }
            }
        default: break
        }
    }
}

extension ShapeMismatch {
    /// With the place where the field is, where it is another than one would think.
    fileprivate var explained: ShapeMismatch {
        guard path.suffix(2) == ["placement", "datastore"] else { return self }
        var other = self
        other.advice =
            "vm_home_storage = { datastore = … } and disk_storage = { datastore = … } say it"
        return other
    }
}
