using MocoSharp.Runs;

namespace MocoSharp.Training;

/// <summary>What a rank tells that does not write the run: warnings and where it is, under its name. The rest rank 0 tells for
/// all.</summary>
internal sealed class RankProgress(IProgress<RunProgress> told, int rank) : IProgress<RunProgress>
{
    public void Report(RunProgress value)
    {
        switch (value)
        {
            case RunWarning warning: told.Report(new RunWarning($"rank {rank}: {warning.Text}")); break;
            case RanksMet met: told.Report(met); break;
        }
    }
}
