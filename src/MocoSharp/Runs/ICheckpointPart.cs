using MocoSharp.Torch;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Runs;

/// <summary>What a checkpoint keeps beside method and optimizer.</summary>
internal interface ICheckpointPart
{
    /// <summary>All that resuming needs.</summary>
    IEnumerable<(string Name, Tensor Value)> State();

    /// <summary>Takes up what was kept.</summary>
    /// <param name="file">The checkpoint's.</param>
    /// <param name="path">Its name in errors.</param>
    void Load(SafetensorsFile file, string path);
}
