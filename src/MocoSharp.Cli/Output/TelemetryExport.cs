using MocoSharp.Runs;
using MocoSharp.Training;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MocoSharp.Cli.Output;

/// <summary>Sends a training's metrics and spans to an OpenTelemetry collector, where the environment names one as all programs of
/// OpenTelemetry understand it.</summary>
internal sealed class TelemetryExport : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT", Metrics = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        Traces = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    private const int PatienceMilliseconds = 5000;
    private readonly CommandContext _context;
    private readonly MeterProvider? _metrics;
    private readonly TracerProvider? _traces;

    private TelemetryExport(CommandContext context)
    {
        _context = context;
        if (Address(Metrics) is not null)
            _metrics = Sdk.CreateMeterProviderBuilder().ConfigureResource(Describe).AddMeter(TrainingTelemetry.Name).AddOtlpExporter()
                .Build();
        if (Address(Traces) is not null)
            _traces = Sdk.CreateTracerProviderBuilder().ConfigureResource(Describe).AddSource(TrainingTelemetry.Name).AddOtlpExporter()
                .Build();
    }

    /// <summary>Begins to send; null where the environment names no collector.</summary>
    /// <exception cref="MocoException">MS5352: an address is none.</exception>
    internal static TelemetryExport? Begin(CommandContext context)
    {
        foreach (string name in new[] { Endpoint, Metrics, Traces })
            if (Value(name) is { } text && !(Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"))
                throw new MocoException(ErrorIds.NoCollector, $"{name} is '{text}', which is no address of a collector", at: name,
                    fix: $"set it as {name}=http://localhost:4317, or unset it");
        bool isOff = string.Equals(Value("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase);
        return isOff || Address(Metrics) is null && Address(Traces) is null ? null : new TelemetryExport(context);
    }

    /// <summary>Sends what is left, and says where that failed.</summary>
    public void Dispose()
    {
        if (_metrics?.ForceFlush(PatienceMilliseconds) == false)
            _context.Warn($"the collector at {Address(Metrics)} did not take the metrics");
        if (_traces?.ForceFlush(PatienceMilliseconds) == false)
            _context.Warn($"the collector at {Address(Traces)} did not take the spans");
        _metrics?.Dispose();
        _traces?.Dispose();
    }

    private static string? Address(string own) => Value(own) ?? Value(Endpoint);

    private static string? Value(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;

    private static void Describe(ResourceBuilder resource)
    {
        if (Value("OTEL_SERVICE_NAME") is null) resource.AddService("moco", serviceVersion: RunEnvironment.ProgramVersion);
    }
}
