using Leash.Enforcement.Seccomp;
using Leash.Interop;

namespace Leash.Enforcement.Sockets;

/// <summary>Puts the handlers of the socket calls into a session's table.</summary>
internal static class SocketFamily
{
    /// <summary>For <see cref="EnforcerOptions.RegisterSockets"/>.</summary>
    public static Action<HandlerTable, EnforcerServices> With(SocketOptions options) => (table, services) => Register(table, services, options);

    private static void Register(HandlerTable table, EnforcerServices services, SocketOptions options)
    {
        var policy = new SocketPolicy(options);
        var unixPaths = new UnixPaths(services.Resolver);
        var connector = new Connector(policy, unixPaths, options.Gateway);
        ISocketAccess access = services.Options.BrokeredSockets ? new BrokeredSocketAccess() : new PidfdSocketAccess();
        Add(SyscallNumber.connect, new ConnectHandler(access, connector));
        Add(SyscallNumber.bind, new BindHandler(access, policy, unixPaths));
        Add(SyscallNumber.listen, new ListenHandler(access, policy));
        table.Add(SyscallNumber.socket, new SocketHandler(access));
        table.Add(SyscallNumber.socketpair, new SocketHandler(access));
        if (services.Options.BrokeredSockets)
        {
            var refusal = new FastOpenRefusal();
            table.Add(SyscallNumber.sendto, refusal);
            table.Add(SyscallNumber.sendmsg, refusal);
            table.Add(SyscallNumber.sendmmsg, refusal);
            return;
        }

        if (options.Gateway is { } gateway)
        {
            table.Add(SyscallNumber.getpeername, new PeerNameHandler(access, gateway));
        }

        var sender = new MessageSender(connector);
        Add(SyscallNumber.sendto, new SendToHandler(access, sender));
        Add(SyscallNumber.sendmsg, new SendMessageHandler(access, sender));
        Add(SyscallNumber.sendmmsg, new SendMultipleHandler(access, sender));

        void Add(int number, ISyscallHandler handler) =>
            table.Add(number, options.Delegation is { } delegation ? new DelegatedHandler(handler, delegation) : handler);
    }
}
