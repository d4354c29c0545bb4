using System.Globalization;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Dreaming;
using DreamerActors.Hosting.Settings;
using DreamerActors.Pages.Frame;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace DreamerActors.Pages.Sessions;

/// <summary>What a person can do with sessions: wake, begin, resume.</summary>
internal static class SessionForms
{
    public static void MapSessionForms(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/now/wake", WakeAsync);
        routes.MapPost("/now/begin", BeginAsync);
    }

    private static async Task<SeeOther> WakeAsync([FromForm] string? back, IDreamEngine engine, CancellationToken cancellation)
    {
        var woken = await engine.WakeUpAsync(InterruptReason.Asked, cancellation);
        return new SeeOther("/now?woken=" + (woken.Interrupted ? ((int)woken.StoppedIn.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) : "nothing"));
    }

    private static async Task<SeeOther> BeginAsync([FromForm] bool? resume, IDreamEngine engine, DreamerSettings settings, IHostApplicationLifetime lifetime)
    {
        if (!settings.EnableDreaming)
            return new SeeOther("/now?refused=DISABLED");
        // A session outlives the request that began it: only the host's end, or a wake-up, ends it.
        var phase = resume == true
            ? await engine.BeginResumeAsync(null, lifetime.ApplicationStopping)
            : await engine.BeginRemPhaseAsync(new RemRequest(Trigger: "api"), null, lifetime.ApplicationStopping);
        return new SeeOther(phase.SessionId is not null ? "/now" : "/now?refused=" + (await phase.Report).Status.ToString().ToUpperInvariant());
    }
}
