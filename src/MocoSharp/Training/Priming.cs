using MocoSharp.Features;
using MocoSharp.Methods;
using MocoSharp.Torch;

namespace MocoSharp.Training;

/// <summary>Fills a method's memories with real features before the first step.</summary>
internal static class Priming
{
    /// <summary>Goes through the pictures, more than once where the memory holds more of them, at addresses that no epoch of the training
    /// has.</summary>
    internal static void Fill(Method method, BatchReader reader, EpochLoaders loaders, CancellationToken cancel)
    {
        long batches = 0;
        for (int pass = 0; method.WantsPriming; pass++)
        {
            foreach (ComingBatch coming in reader.Coming(loaders.Epoch(RandomAddresses.PrimingEpoch(pass), sizeOf: 0, 0, cancel)))
            {
                using (coming)
                using (TensorScope.Begin()) method.Prime(coming.Read(RandomAddresses.PrimingBatch(batches++)));
                if (!method.WantsPriming) break;
            }
        }
    }
}
