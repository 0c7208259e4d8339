using MocoSharp.Imaging.Augment;
using MocoSharp.Methods;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Recipes;

/// <summary>What a recipe's network is made of: each layer with the shape that it gives, its weights and its work, for one
/// picture.</summary>
/// <param name="Recipe">The recipe's name.</param>
/// <param name="Input">Shape of one view, channels first.</param>
/// <param name="Layers">In the order in which they compute, from picture to projected features. What only the loss needs (predictors,
/// context networks, scores) and other views' networks are not among them.</param>
/// <param name="EncoderParameters">Weights of the encoder that is handed out.</param>
/// <param name="TrainedParameters">Weights that the optimizer moves.</param>
/// <param name="UnlistedParameters">How many of these belong to no layer of the list.</param>
/// <param name="StateNumbers">All numbers of a checkpoint: momentum networks, queues, banks and running statistics too.</param>
/// <param name="Flops">Multiplications and additions of one view's way through the network; a multiply-add counts twice.</param>
public sealed record MethodSummary(
    string Recipe, IReadOnlyList<long> Input, IReadOnlyList<LayerSummary> Layers, long EncoderParameters, long TrainedParameters,
    long UnlistedParameters, long StateNumbers, long Flops)
{
    /// <summary>Builds the network and sends one picture through it.</summary>
    /// <param name="recipe">What to look at.</param>
    /// <param name="pictures">Rows of memory banks, where the method has them.</param>
    public static MethodSummary Of(Recipe recipe, int pictures)
    {
        recipe = recipe.For(pictures);
        using Method method = MethodRegistry.Create(new MethodParts(recipe.Encoder, pictures, recipe.Training.BatchSize), recipe.Method);
        method.Train(false);
        Dictionary<Module, string> names = method.Modules().ToDictionary(static m => m.Value, static m => m.Name);
        ImageSize size = recipe.ViewRecipe().Views[0].Output(recipe.Data.ChannelCount);
        long[] shape = [size.Channels, size.Height, size.Width];
        List<LayerSummary> layers = [];
        using (TensorScope.Begin())
        using (GradMode.Off())
            LayerTrace.Run(
                () => method.Project(Tensor.Zeros([1, .. shape]).Contiguous(MemoryFormat.ChannelsLast)),
                (layer, x, y) => layers.Add(new LayerSummary(names[layer], layer.GetType().Name, y.Shape[1..], Count(layer),
                Work(layer, x, y))));
        long trained = method.Parameters().Where(static p => p.Value.RequiresGrad).Sum(static p => p.Value.ElementCount);
        return new MethodSummary(recipe.Name, shape, layers, Count(method.Encoder), trained,
            trained - layers.DistinctBy(static layer => layer.Name).Sum(static layer => layer.Parameters),
            method.State().Sum(static s => s.Value.ElementCount), layers.Sum(static layer => layer.Flops));
    }

    private static long Count(Module module) => module.Parameters().Sum(static p => p.Value.ElementCount);

    /// <summary>A weight of rank 2 or more is used once a position of the output map, or a token, for each patch where there are several; a
    /// norm scales and shifts each number. What attention multiplies with attention is left out.</summary>
    private static long Work(Layer layer, Tensor x, Tensor y)
    {
        long positions = y.Size(0) * y.Rank switch
        {
            4 => y.Size(2) * y.Size(3),
            3 => y.Size(1),
            _ => 1,
        };
        long weights = layer.Parameters().Where(static p => p.Value.Rank > 1).Sum(static p => p.Value.ElementCount);
        return layer is BatchNorm2d ? 2 * x.ElementCount : 2 * weights * positions;
    }
}

/// <summary>One layer.</summary>
/// <param name="Name">Its full name within the method.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Output">Shape for one picture, without the batch.</param>
/// <param name="Parameters">Its weights.</param>
/// <param name="Flops">Its multiplications and additions for one picture.</param>
public sealed record LayerSummary(string Name, string Kind, IReadOnlyList<long> Output, long Parameters, long Flops);
