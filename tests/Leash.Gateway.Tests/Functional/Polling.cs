namespace Leash.Gateway.Tests.Functional;

/// <summary>Waits for what can be seen but tells nobody.</summary>
internal static class Polling
{
    public static async Task UntilAsync(Func<bool> condition)
    {
        var deadline = Deadline.Token;
        while (!condition())
        {
            deadline.ThrowIfCancellationRequested();
            await Task.Delay(5);
        }
    }
}
