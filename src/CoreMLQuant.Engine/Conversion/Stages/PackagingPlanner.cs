using CoreMLQuant.Files;
using CoreMLQuant.Planning;

namespace CoreMLQuant.Conversion.Stages;

/// <summary>Plans to write a model as a package and to change nothing in it.</summary>
internal static class PackagingPlanner
{
    /// <summary>Plans it.</summary>
    public static void Plan(PlanBuilder builder)
    {
        ContainerKind kind = builder.Source.Container.Kind;
        if (kind == ContainerKind.Package)
        {
            builder.Note("the model is a package already");
            return;
        }

        builder.BecomesPackage = kind == ContainerKind.SingleFile;
        builder.Changed = true;
    }
}
