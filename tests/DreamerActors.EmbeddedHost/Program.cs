// A program that embeds the dreamer: learns from the folder given first, dreams as often as given second.
using DreamerActors.Domain.Knowledge;
using DreamerActors.Hosting.Dreaming;

var builder = Host.CreateApplicationBuilder();
builder.Services.AddDreamer(builder.Configuration);
using var host = builder.Build();
await host.StartAsync();
var learnt = await host.Services.GetRequiredService<IKnowledgeStore>().IngestAsync([args[0]], progress: null, CancellationToken.None);
var report = await host.Services.GetRequiredService<IDreamEngine>().EnterRemPhaseAsync(
    new RemRequest(int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture), EntityIds: learnt.EntityIds.ToHashSet()), progress: null, CancellationToken.None);
Console.WriteLine($"{report.Status}: {report.Attempted} attempted, {report.Successful} kept");
await host.StopAsync();
return report.Status == RemStatus.Completed ? 0 : 1;
