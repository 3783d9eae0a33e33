using Microsoft.Extensions.Hosting;

namespace Leash.Gateway.Intercepting;

/// <summary>
/// The server lives as long as its gateway. The host's own lifetime would listen for SIGINT and SIGTERM, keep the process from ending by them and stop the
/// server: Ctrl-C for a program in the session would end its HTTP.
/// </summary>
internal sealed class OwnedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
