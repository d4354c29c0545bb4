using DreamerActors.Adapters.Lessons;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DreamerActors.Hosting.Dreaming;

/// <summary>Looks after the host's file while nothing is dreamt: what the host overwrote is added again, what is withdrawn is removed again.</summary>
internal sealed class LessonDelivery(LessonsStore lessons, TimeProvider time, ILogger<LessonDelivery> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                lessons.SyncChanges();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                log.LogWarning("Lessons wait: {Reason}", error.Message);
            }
        }
    }
}
