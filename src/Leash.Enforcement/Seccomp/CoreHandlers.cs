using Leash.Enforcement.Exec;
using Leash.Enforcement.Files;
using Leash.Interop;

namespace Leash.Enforcement.Seccomp;

/// <summary>Registers the handlers of files, processes and the rest; those of sockets come with the socket layer.</summary>
internal static class CoreHandlers
{
    public static void Register(HandlerTable table)
    {
        OpenHandler open = new();
        table.Add(SyscallNumber.open, open);
        table.Add(SyscallNumber.openat, open);
        table.Add(SyscallNumber.openat2, open);
        table.Add(SyscallNumber.creat, open);
        NameHandlers.Register(table);
        RenameHandler.Register(table);
        LinkHandler.Register(table);
        MetadataHandlers.Register(table);
        TimeHandlers.Register(table);
        AttributeHandlers.Register(table);
        ExecHandler.Register(table);
        ProcessHandlers.Register(table);
    }
}
