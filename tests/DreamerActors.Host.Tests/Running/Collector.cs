using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DreamerActors.Host.Tests.Running;

/// <summary>A span as it came in.</summary>
internal sealed record Span(string Trace, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Tags);

/// <summary>A collector of OpenTelemetry's protocol over HTTP: reads the spans out of what is sent.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Collector(WebApplication app) => _app = app;

    public ConcurrentQueue<Span> Spans { get; } = [];

    public ConcurrentQueue<string> Paths { get; } = [];

    public string Address => _app.Urls.First();

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = new Collector(builder.Build());
        collector._app.MapPost("/{**path}", collector.TakeAsync);
        await collector._app.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        Paths.Enqueue(request.Path);
        if (request.Path != "/v1/traces") return;
        // ExportTraceServiceRequest.resource_spans.scope_spans.spans, by the numbers of their fields.
        foreach (var span in All(All(All([body.ToArray()], 1), 2), 2))
        {
            var fields = Fields(span).ToLookup(field => field.Number, field => field.Value);
            Spans.Enqueue(new Span(Hex(fields[1]), Hex(fields[2]), Hex(fields[4]), Text(fields[5]), fields[9].Select(Tag).ToDictionary(tag => tag.Name, tag => tag.Value)));
        }
    }

    private static (string Name, string Value) Tag(byte[] attribute)
    {
        var fields = Fields(attribute).ToLookup(field => field.Number, field => field.Value);
        return (Text(fields[1]), Text(All(fields[2], 1)));
    }

    private static IEnumerable<byte[]> All(IEnumerable<byte[]> messages, int number) => messages.SelectMany(message => Fields(message).Where(field => field.Number == number).Select(field => field.Value));

    private static string Text(IEnumerable<byte[]> values) => Encoding.UTF8.GetString(values.FirstOrDefault() ?? []);

    private static string Hex(IEnumerable<byte[]> values) => Convert.ToHexStringLower(values.FirstOrDefault() ?? []);

    private static IEnumerable<(int Number, byte[] Value)> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message, ref at);
            var length = (key & 7) switch { 0 => VarintLength(message, at), 1 => 8, 2 => (int)Varint(message, ref at), 5 => 4, var type => throw new InvalidDataException($"wire type {type}") };
            yield return ((int)(key >> 3), message[at..(at + length)]);
            at += length;
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }

    private static int VarintLength(byte[] message, int at)
    {
        var end = at;
        Varint(message, ref end);
        return end - at;
    }
}
