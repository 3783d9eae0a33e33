using System.Globalization;
using System.Net;
using Leash.Interop;
using Leash.Interop.Libbpf;

namespace Leash.Kernel.Tests.Networks;

/// <summary>The other side of <see cref="Actor"/>.</summary>
public class ActorTests
{

    /// <summary>Reads commands until there are no more; by itself it does nothing.</summary>
    [Fact]
    public void Child_DoesWhatItIsTold()
    {
        if (!Actor.IsHere)
        {
            return;
        }

        Thread actor = new(() =>
        {
            Answer("ready");
            while (Console.In.ReadLine() is { } line)
            {
                Answer(Do(line.Split(' ')));
            }
        });
        actor.Start();
        actor.Join();
    }

    private static void Answer(string text)
    {
        Console.Error.WriteLine(text);
        Console.Error.Flush();
    }

    private static string Do(string[] words)
    {
        int At(int i) => int.Parse(words[i], CultureInfo.InvariantCulture);
        return words[0] switch
        {
            "thread" => Text(Interop.Kernel.Call(SyscallNumber.gettid)),
            "socket" => Text(Sockets.Open(At(1), At(2), At(3))),
            "connect" => Text(Sockets.Connect(At(1), IPEndPoint.Parse(words[2]))),
            "bind" => Text(Sockets.Bind(At(1), IPEndPoint.Parse(words[2]))),
            "listen" => Text(Sockets.Listen(At(1))),
            "accept" => Text(Interop.Kernel.Call(SyscallNumber.accept, At(1), 0, 0)),
            "sendto" => Text(Sockets.Send(At(1), IPEndPoint.Parse(words[2]), At(3))),
            "send" => Text(Sockets.Send(At(1), null, 0)),
            "option" => Text(Sockets.SetOption(At(1), At(2), At(3), Convert.FromHexString(words[4]))),
            "receive" => Sockets.Receive(At(1)),
            "local" => Sockets.Name(SyscallNumber.getsockname, At(1)),
            "peer" => Sockets.Name(SyscallNumber.getpeername, At(1)),
            "run" => Text(Run(words[1])),
            "threads" => string.Join(',', Enumerable.Range(0, At(1)).Select(_ => Text(RunInThread(words[2])))),
            "close" => Text(Interop.Kernel.Call(SyscallNumber.close, At(1))),
            _ => "?",
        };
    }

    private static int Run(string path)
    {
        using BpfProgram program = BpfProgram.OpenPinned(path, default);
        return (int)program.TestRun(default).Value;
    }

    private static long RunInThread(string path)
    {
        long id = 0;
        Thread thread = new(() =>
        {
            id = Interop.Kernel.Call(SyscallNumber.gettid);
            Run(path);
        });
        thread.Start();
        thread.Join();
        return id;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
