using System.Net;
using System.Text;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

/// <summary>Requests that no honest program sends.</summary>
[Collection(Processes.Name)]
public sealed class HostileRequestTests : IDisposable
{
    private const int Requests = 10_000;
    private static readonly string[] Methods = ["GET", "GET", "GET", "POST", "POST", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"];

    private static readonly string[] Routes =
    [
        "/api/v1/dreams", "/api/v1/dreams/status", "/api/v1/dreams/sessions", "/api/v1/dreams/sessions/{0}", "/api/v1/dreams/{0}", "/api/v1/dreams/{0}/code", "/api/v1/dreams/{0}/approve",
        "/api/v1/dreams/{0}/decline", "/api/v1/dreams/{0}/undo", "/api/v1/dreams/energy", "/api/v1/dreams/activity", "/api/v1/dreams/events", "/api/v1/lessons/outbox", "/api/v1/scheduler/jobs",
        "/api/v1/dreams/journal", "/api/v1/dreams/dataset", "/api/v1/dreams/dataset/{0}", "/api/v1/dreams/dataset/{0}.json", "/api/v1/dreams/knowledge/stats", "/api/v1/lessons", "/api/v1/lessons/stats", "/ws/events",
        "/api/v1/scheduler/{0}", "/api/v1/dreams/energy/monitoring/{0}", "/openapi/{0}.json", "/healthz", "/{0}",
        "/dreams/{0}", "/dreams/{0}/remark", "/review", "/assets/{0}/journal.css", "/sign-in",
    ];

    private static readonly string[] Words =
    [
        "0123abcd", "ffffffff", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "..\\..\\etc", "%00", "0123abcd%00", "0123abcd%0a", "%F0%9F%98%80", "%ff%fe", "'%20OR%201=1--", "%22%3E%3Cscript%3E", "{{7*7}}", "-1", "1e999",
        "9223372036854775808", "NaN", "null", "true", "%25s%25n", "a%20b", "C%3A", "con", ".", "~root", "stop", "v1",
    ];

    private static readonly string[] Bodies =
    [
        "", "{}", "[]", "null", "7", "\"x\"", "{", "{\"a\":", "\uFEFF{}", "{\"actor\":\"\\u0000\",\"comment\":\"\\ud800\"}", "{\"actor\":7}", "{\"actor\":[[]]}", "{\"max_scenarios\":1e400}", "{\"max_scenarios\":-0.5}", "{\"max_scenarios\":null,\"resume\":\"yes\"}",
        "{\"lesson_ids\":null}", "{\"lesson_ids\":[null,\"\"]}", "{\"lesson_ids\":[\"\\ud800\",\"' OR 1=1--\"]}", "{\"difficulty\":{\"$ref\":\"#\"}}", "{\"source\":\"<script>alert(1)</script>\"}", "{\"cpu_threshold\":1e308,\"memory_threshold\":-1}", "{\"thresholds\":[]}", "{\"format\":\"../x\"}", "{\"format\":\"jsonl\",\"sources\":[null]}", "{\"licences\":[null],\"libraries\":[\"\\u0000\"],\"validation\":1e-300}", "{\"source\":\"a\",\"source\":\"b\",\"SOURCE\":\"c\"}",
    ];

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task None_of_ten_thousand_is_a_failure_of_the_host()
    {
        using var host = await RunningHost.StartAsync(_workspace, ("ENABLE_DREAMING", "false"), ("DREAMER_HTTP_RATE", "100000"));
        var (random, seen) = (new Random(7), new Dictionary<HttpStatusCode, int>());
        for (var number = 0; number < Requests; number++)
        {
            using var request = Build(random, host.Http.BaseAddress!.GetLeftPart(UriPartial.Authority));
            using var response = await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.True(response.StatusCode != HttpStatusCode.InternalServerError, $"{number}: {request.Method} {request.RequestUri}: {await response.Content.ReadAsStringAsync()}");
            // The server itself refuses what is no request at all, without a word.
            Assert.True(response.Content.Headers.ContentLength == 0 || response.Headers.TryGetValues("X-Content-Type-Options", out _), $"{number}: {request.Method} {request.RequestUri}: {response}");
            seen[response.StatusCode] = seen.GetValueOrDefault(response.StatusCode) + 1;
        }

        Assert.Equal("ok", (await host.GetAsync("/healthz"))["status"].GetString());
        // The requests reached what they were aimed at.
        Assert.All([HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.UnprocessableEntity], status => Assert.True(seen.GetValueOrDefault(status) > Requests / 200, string.Join(' ', seen)));
    }

    private static HttpRequestMessage Build(Random random, string address)
    {
        T One<T>(T[] of) => of[random.Next(of.Length)];
        var path = new StringBuilder().AppendFormat(null, CompositeFormat.Parse(One(Routes)), random.Next(3) == 0 ? One(Words[..2]) : One(Words));
        for (var (parameters, separator) = (random.Next(3), '?'); parameters > 0; parameters--, separator = '&')
            path.Append(separator).Append(One(["limit", "status", "library", "difficulty", "approval", "text", "from", "until", "behind", "date", "tags", "search", "wait", "after", "offset", "limit[]", "%00"])).Append('=').Append(One(Words));
        var request = new HttpRequestMessage(new HttpMethod(One(Methods)), new Uri(address + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (request.Method.Method is "POST" or "PATCH" or "PUT")
            request.Content = Body(random.Next(8) == 0 ? Noise(random) : Encoding.UTF8.GetBytes(random.Next(20) == 0 ? new string('[', random.Next(20_000)) : One(Bodies)), One(["application/json", "application/json", "application/json; charset=utf-7", "text/plain", "multipart/form-data"]));
        if (random.Next(4) == 0)
            request.Headers.TryAddWithoutValidation(One(["If-None-Match", "Range", "Accept", "X-Forwarded-For", "Origin", "Last-Event-ID", "Authorization", "Upgrade", "Idempotency-Key"]), One(["*", "\"", "bytes=9-1", "null", "%00", "websocket", "Bearer ", new string('a', 4_000)]));
        return request;
    }

    private static ByteArrayContent Body(byte[] body, string type)
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    private static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(2_000)];
        random.NextBytes(noise);
        return noise;
    }
}
