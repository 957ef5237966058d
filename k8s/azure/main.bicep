// What Sluice needs in Azure: a pool of sessions with Sluice's session image, and an identity that may run programs in
// it, which the gateway's service account takes on. The registry is there already, with the image in it.
//
//   az deployment group create --resource-group <group> --template-file k8s/azure/main.bicep --parameters \
//     registryName=<registry> oidcIssuer=$(az aks show --resource-group <group> --name <cluster> \
//     --query oidcIssuerProfile.issuerUrl --output tsv)

@description('Where everything is made.')
param location string = resourceGroup().location

@description('The name of the pool: small letters and digits, beginning with a letter. What is made for it is named after it; the environment, <name>-environment, may have 60 characters.')
@minLength(3)
@maxLength(48)
param poolName string = 'sluice'

@description('The registry in this resource group that has the session image.')
param registryName string

@description('The session image in that registry.')
param sessionImage string = 'sluice-session:0.1.0'

@description('The issuer of the cluster whose pods take the identity on (az aks show --query oidcIssuerProfile.issuerUrl).')
param oidcIssuer string

@description('The namespace of the gateway.')
param namespace string = 'sluice'

@description('The service account of the gateway.')
param serviceAccount string = 'sluice-gateway'

@description('How many sessions there may be at once: lease.max-sessions of all replicas of the gateway, and of two more.')
param maxSessions int = 600

@description('How many sessions are kept ready, each at its price.')
param readySessions int = 5

@description('After how many seconds without a request a session ends: lease.cooldown of the gateway.')
@minValue(300)
@maxValue(3600)
param cooldownSeconds int = 300

@description('Whether programs reach the network.')
@allowed(['EgressDisabled', 'EgressEnabled'])
param egress string = 'EgressDisabled'

@description('The cores of a session.')
param cpu string = '1.0'

@description('The memory of a session.')
param memory string = '2Gi'

// Built-in roles: Azure ContainerApps Session Executor, and AcrPull.
var sessionExecutor = '0fb8eba5-a2bb-4abe-b1c1-49dfad359bb0'
var acrPull = '7f951dda-4ed3-4680-a7ca-43fe172d538d'

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {
  name: registryName
}

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${poolName}-logs'
  location: location
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: 30
  }
}

// A pool of one's own containers needs an environment with workload profiles.
resource environment 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: '${poolName}-environment'
  location: location
  properties: {
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: logs.properties.customerId
        sharedKey: logs.listKeys().primarySharedKey
      }
    }
    workloadProfiles: [
      {
        name: 'Consumption'
        workloadProfileType: 'Consumption'
      }
    ]
  }
}

// It pulls the image, and nothing else: no program can take it on.
resource puller 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${poolName}-puller'
  location: location
}

resource mayPull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, puller.id, acrPull)
  scope: registry
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPull)
    principalId: puller.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource pool 'Microsoft.App/sessionPools@2025-07-01' = {
  name: poolName
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${puller.id}': {}
    }
  }
  properties: {
    environmentId: environment.id
    poolManagementType: 'Dynamic'
    containerType: 'CustomContainer'
    scaleConfiguration: {
      maxConcurrentSessions: maxSessions
      readySessionInstances: readySessions
    }
    dynamicPoolConfiguration: {
      lifecycleConfiguration: {
        lifecycleType: 'Timed'
        cooldownPeriodInSeconds: cooldownSeconds
      }
    }
    customContainerTemplate: {
      registryCredentials: {
        server: registry.properties.loginServer
        identity: puller.id
      }
      containers: [
        {
          name: 'session'
          image: '${registry.properties.loginServer}/${sessionImage}'
          resources: {
            cpu: json(cpu)
            memory: memory
          }
          env: [
            {
              name: 'SERVER_ADDRESS'
              value: '0.0.0.0'
            }
            {
              name: 'SERVER_PORT'
              value: '8082'
            }
            {
              // A session is a virtual machine of its own.
              name: 'SLUICE_ENGINE_SANDBOX'
              value: 'container'
            }
          ]
        }
      ]
      ingress: {
        targetPort: 8082
      }
    }
    sessionNetworkConfiguration: {
      status: egress
    }
    managedIdentitySettings: [
      {
        identity: puller.id
        lifecycle: 'None'
      }
    ]
  }
  dependsOn: [
    mayPull
  ]
}

resource gateway 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${poolName}-gateway'
  location: location
}

resource federation 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31' = {
  parent: gateway
  name: '${namespace}-${serviceAccount}'
  properties: {
    issuer: oidcIssuer
    subject: 'system:serviceaccount:${namespace}:${serviceAccount}'
    audiences: [
      'api://AzureADTokenExchange'
    ]
  }
}

resource mayExecute 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(pool.id, gateway.id, sessionExecutor)
  scope: pool
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', sessionExecutor)
    principalId: gateway.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

@description('SLUICE_POOLS_0_ENDPOINT in k8s/overlays/azure/gateway.env.')
output poolEndpoint string = pool.properties.poolManagementEndpoint

@description('azure.workload.identity/client-id in k8s/overlays/azure/identity.yaml.')
output clientId string = gateway.properties.clientId
