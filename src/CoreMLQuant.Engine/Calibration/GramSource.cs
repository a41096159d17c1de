namespace CoreMLQuant.Calibration;

/// <summary>E[x xᵀ] of the inputs x of a layer, group by group, each row-major. Layers with the same inputs share it.</summary>
public abstract class GramSource
{
    /// <summary>Gram matrices that are in memory.</summary>
    /// <param name="values">The elements.</param>
    public static GramSource Of(double[] values) => new Held(values);

    /// <summary>Reads all of them, which may take as much memory again.</summary>
    /// <returns>The elements; not to be changed.</returns>
    public abstract double[] Read();

    private sealed class Held(double[] values) : GramSource
    {
        public override double[] Read() => values;
    }
}
