import APIIndex
import Buffers
import Testing

@testable import Shell
@testable import VSphere

/// The privileges of calls, and the role that follows.
struct NeededRoleTests {
    private func needs(_ operation: VSphere.Operation, _ texts: String...) throws -> Call.Needs {
        let buffer = ValueBuffer()
        for text in texts { buffer.put(text) }
        return try Call(operation, buffer.values).needs
    }

    @Test func `a call needs what is documented for it and for the objects that it names`() throws {
        let needs = try needs(.rollback, "item-1", "2", "why")
        #expect(needs.api == "vcenter.vm_template.library_items.versions.rollback")
        #expect(needs.isChanging)
        let all = needs.needs.flatMap(\.privileges)
        #expect(Set(all) == ["ContentLibrary.CheckInTemplate", "System.Read"])
        let power = try self.needs(.setPower, "vm-1", "start").needs
        #expect(power.flatMap(\.privileges) == ["VirtualMachine.Interact.PowerOn"])
        #expect(power.flatMap(\.types) == ["VirtualMachine"])
    }

    /// The fields of a clone's specification, and the privileges beyond that of the source.
    static let clones: [(placement: [String], more: Set<String>)] = [
        ([], []),
        (["folder"], ["VirtualMachine.Inventory.CreateFromExisting"]),
        (["datastore"], ["Datastore.AllocateSpace"]),
        (
            ["folder", "resource_pool"],
            ["VirtualMachine.Inventory.CreateFromExisting", "Resource.AssignVMToPool"]
        ),
    ]

    @Test(arguments: clones) func `an object that a call does not name needs nothing`(
        _ placement: [String],
        _ more: Set<String>
    ) throws {
        let clone = VSphere.Operation(try #require(APIFacts.operation("vcenter.VM.clone")))
        let buffer = ValueBuffer()
        func put(_ name: String, _ text: String) {
            buffer.put(name)
            buffer.put(text)
        }
        buffer.putRecord {
            buffer.put("spec")
            buffer.putRecord {
                put("source", "vm-1")
                put("name", "copy")
                buffer.put("placement")
                buffer.putRecord {
                    for name in placement { put(name, "object-1") }
                    return placement.count
                }
                return 3
            }
            return 1
        }
        let needs = try Call(clone, buffer.values).needs
        let all = Set(needs.needs.flatMap(\.privileges))
        #expect(all == more.union(["VirtualMachine.Provisioning.Clone"]))
    }

    @Test func `the role has each privilege once, and says what nothing documents`() throws {
        let role = NeededRole()
        for _ in 1...2 {
            role.add(try needs(.setPower, "vm-1", "stop"))
            role.add(try needs(.rollback, "item-1", "2", "why"))
            role.add(try needs(.listVMs))
        }
        #expect(role.rows.map(\.operation) == ["setPower", "rollback", "listVMs"])
        #expect(
            role.privileges == [
                "ContentLibrary.CheckInTemplate", "System.Read", "VirtualMachine.Interact.PowerOff",
            ]
        )
        #expect(role.undocumented == ["listVMs"])
        #expect(
            role.text == """
                setPower, a change
                  VirtualMachine.Interact.PowerOff  VirtualMachine
                rollback, a change
                  ContentLibrary.CheckInTemplate    content.library.Item
                  System.Read                       content.library.item.Version
                nothing is documented for these, and System.Read is taken:
                  listVMs
                the smallest role:
                  ContentLibrary.CheckInTemplate
                  System.Read
                  VirtualMachine.Interact.PowerOff

                """
        )
        #expect(
            role.commands("vmoon's") == #"""
                # govc
                govc role.create 'vmoon'\''s' ContentLibrary.CheckInTemplate VirtualMachine.Interact.PowerOff
                # PowerCLI
                New-VIRole -Name 'vmoon''s' -Privilege (Get-VIPrivilege -Id 'ContentLibrary.CheckInTemplate','VirtualMachine.Interact.PowerOff')

                """#
        )
    }
}
