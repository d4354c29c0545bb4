using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>The first of several ways that this machine has. Chosen once: what fails later is a failure, not a reason to change over.</summary>
/// <param name="ways">In order of preference.</param>
/// <param name="told">Told once what was chosen, and why not what stands before it.</param>
internal sealed class FirstThatWorks(IReadOnlyList<IJailer> ways, Action<string> told) : IJailer
{
    private readonly SemaphoreSlim _choosing = new(1);
    private IJailer? _chosen;

    /// <inheritdoc/>
    public string Name => _chosen?.Name ?? "auto";

    /// <inheritdoc/>
    public async Task RequireAsync(CancellationToken cancellation) => await ChooseAsync(cancellation);

    /// <inheritdoc/>
    public async Task<string> DigestAsync(CancellationToken cancellation) => await (await ChooseAsync(cancellation)).DigestAsync(cancellation);

    /// <inheritdoc/>
    public async Task<IJailProcess> StartAsync(JailOrder order, CancellationToken cancellation) =>
        await (await ChooseAsync(cancellation)).StartAsync(order, cancellation);

    /// <inheritdoc/>
    public Task<int> EndAllAsync(CancellationToken cancellation) => _chosen?.EndAllAsync(cancellation) ?? Task.FromResult(0);

    /// <inheritdoc/>
    public IEnumerable<int> Processes() => _chosen?.Processes() ?? [];

    /// <inheritdoc/>
    public IEnumerable<string> Containers() => _chosen?.Containers() ?? [];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var way in ways)
            await way.DisposeAsync();
        _choosing.Dispose();
    }

    private async Task<IJailer> ChooseAsync(CancellationToken cancellation)
    {
        await _choosing.WaitAsync(cancellation);
        try
        {
            return _chosen ??= await TryAsync(cancellation);
        }
        finally
        {
            _choosing.Release();
        }
    }

    private async Task<IJailer> TryAsync(CancellationToken cancellation)
    {
        var refusals = new List<string>();
        foreach (var way in ways)
        {
            try
            {
                await way.RequireAsync(cancellation);
                told($"sandbox: {way.Name}{string.Concat(refusals.Select(refusal => "; " + refusal))}");
                return way;
            }
            catch (SandboxUnavailableException unavailable) when (way != ways[^1])
            {
                refusals.Add($"not {way.Name}: {unavailable.Message}");
            }
        }
        throw new InvalidOperationException("there is no way to choose from");
    }
}
