namespace CoreMLQuant.Tensors.Clustering;

/// <summary>What a search among all centres finds for a point.</summary>
/// <param name="Distance">Squared distance to the nearest centre.</param>
/// <param name="Centre">Its index; of equally near ones the first.</param>
/// <param name="Next">Squared distance to the nearest of the others; infinity when there is no other.</param>
internal readonly record struct NearestCentre(double Distance, int Centre, double Next);
