namespace Leash.Enforcement.Seccomp;

/// <summary>Registers the handlers of files, processes and the rest; those of sockets come with the socket layer.</summary>
internal static class CoreHandlers
{
    public static void Register(HandlerTable table, EnforcerServices services)
    {
    }
}
