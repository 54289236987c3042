internal import LuaHost
internal import Buffers
internal import VSphere

extension Runtime {
    /// Makes the object of an item whose fields a list has told: session or false, identifier, name, library.
    func makeItem(_ call: HostCall) -> Verdict {
        do throws(VSphereError) {
            let target = try self.target(of: call.arguments, for: "items")
            let words = target.arguments.compactMap(\.string)
            guard words.count == 3 else { return .returned }
            put(
                Item(vcenter: target.vcenter, id: words[0], name: words[1], library: words[2]),
                into: call.result
            )
            return .returned
        } catch {
            return raise(error, in: call)
        }
    }

    /// Asks for the path of an item that was looked up by its identifier, or in another way that does not tell it.
    func findPath(_ call: HostCall) -> Verdict {
        do throws(VSphereError) {
            let target = try self.target(of: call.arguments, for: "path")
            guard let item = target.item else { return .returned }
            return waits(call) { pending in
                let steps = CallSequence(pending: pending, vcenter: target.vcenter, name: "path")
                steps.call(.getItem, [item.identifier]) { model in
                    let library = model?["library_id"]?.string ?? ""
                    let name = model?["name"]?.string ?? item.name
                    steps.call(.getLibrary, ValueBuffer.values { $0.put(library) }) { found in
                        call.result.put("\(found?["name"]?.string ?? library)/\(name)")
                        steps.done()
                    }
                }
            }
        } catch {
            return raise(error, in: call)
        }
    }
}
