using System.Diagnostics;

namespace Cedar.Fuzz.Fuzzing;

/// <summary>Feeds a target until the time is over, on a thread with a small stack, while a watch waits for an input that does not end.</summary>
internal sealed class FuzzLoop(FuzzTarget target)
{
    private const int StackBytes = 1024 * 1024;

    /// <summary>An input may take this long: the longest is 200,000 characters.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_suspicious = TimeSpan.FromMilliseconds(150);

    private readonly Lock _lock = new();
    private readonly List<FuzzFailure> _failures = [];
    private string? _current;
    private long _started;
    private bool _isHung;

    public long Executions { get; private set; }

    public IReadOnlyList<FuzzFailure> Failures
    {
        get
        {
            lock (_lock)
            {
                return [.. _failures];
            }
        }
    }

    /// <summary>Returns when the time is over, 20 failures are found or an input hangs.</summary>
    public void Run(TimeSpan time)
    {
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var worker = new Thread(() => Work(end), StackBytes) { IsBackground = true, Name = target.Name };
        worker.Start();
        while (!worker.Join(100))
        {
            lock (_lock)
            {
                if (_current is { } input && Stopwatch.GetElapsedTime(_started) > Limit * 10)
                {
                    _isHung = true;
                    _failures.Add(new FuzzFailure(target.Name, input, $"does not end within {(Limit * 10).TotalSeconds} s"));
                    return;
                }
            }
        }
    }

    private void Work(long end)
    {
        while (Stopwatch.GetTimestamp() < end && _failures.Count < 20)
        {
            if (Executions % 500 == 499)
            {
                ProbeGrowth();
            }

            Check(target.Mutator.Next());
            Executions++;
        }
    }

    private TimeSpan Check(string input)
    {
        lock (_lock)
        {
            (_current, _started) = (input, Stopwatch.GetTimestamp());
        }

        var (problem, elapsed) = Measured(input);

        // A busy machine makes anything slow once.
        for (var again = 0; again < 2 && problem is null && elapsed > s_suspicious; again++)
        {
            (problem, var next) = Measured(input);
            elapsed = next < elapsed ? next : elapsed;
        }

        if (problem is null && elapsed > Limit)
        {
            problem = $"took {elapsed.TotalSeconds:0.0} s";
        }

        lock (_lock)
        {
            _current = null;
            if (problem is not null && !_isHung)
            {
                _failures.Add(new FuzzFailure(target.Name, input, problem));
            }
        }

        return elapsed;
    }

    // Neither time in which another program runs counts, nor work of other threads of this one.
    private (string? Problem, TimeSpan Elapsed) Measured(string input)
    {
        var (started, usage) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var problem = Guarded(input);
        var (elapsed, used) = (Stopwatch.GetElapsedTime(started), Environment.CpuUsage.TotalTime - usage);
        return (problem, used < elapsed ? used : elapsed);
    }

    private string? Guarded(string input)
    {
        try
        {
            return target.Check(input);
        }
#pragma warning disable CA1031 // Whatever is thrown is what the fuzzer looks for.
        catch (Exception e)
        {
            return $"threw {e}";
        }
#pragma warning restore CA1031
    }

    // Eight times the input may take eight times as long; what grows with the square takes 64 times as long.
    private void ProbeGrowth()
    {
        var (small, large) = target.Mutator.Growing();
        Check(small);
        var first = Check(small);
        var second = Check(large);
        if (second > s_suspicious * 2 && second > TimeSpan.FromMilliseconds(Math.Max(first.TotalMilliseconds, 5)) * 40)
        {
            lock (_lock)
            {
                _failures.Add(new FuzzFailure(
                    target.Name, large, $"{small.Length} characters took {first.TotalMilliseconds:0} ms, {large.Length} took {second.TotalMilliseconds:0} ms"));
            }
        }
    }
}
