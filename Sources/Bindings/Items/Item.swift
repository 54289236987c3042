internal import Buffers
internal import Text
internal import VSphere

/// A library item that a script has looked up.
final class Item {
    let vcenter: VCenter
    let id: String
    let name: String
    /// The name of its library, where that is known.
    let library: String?
    /// The identifier as an argument of a call, in a buffer of its own.
    let identifier: Value

    init(vcenter: VCenter, id: String, name: String, library: String? = nil) {
        self.library = library
        self.vcenter = vcenter
        self.id = id
        self.name = name
        let buffer = ValueBuffer()
        buffer.put(id)
        guard let value = buffer.root else { preconditionFailure("a string takes room") }
        identifier = value
    }

    /// Writes one of its properties into a result.
    func property(_ property: String, into result: ValueBuffer) {
        switch property {
        case "id": result.put(id)
        case "name": result.put(name)
        case "path": if let library { result.put("\(library)/\(name)") }
        case "__tostring": result.put("item \(Display.escape(name)) (\(Display.escape(id)))")
        default: break
        }
    }
}
