namespace MocoSharp.Reports;

/// <summary>How the work of a training's last epoch went.</summary>
/// <param name="ImagesPerSecond">Pictures a second, tests and checkpoints not counted.</param>
/// <param name="WaitFraction">Share of the time spent waiting for pictures.</param>
/// <param name="BadImages">Unreadable pictures found until then.</param>
public sealed record RunWork(double ImagesPerSecond, double WaitFraction, int BadImages);
